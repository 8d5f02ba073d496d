import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { PARTS } from './complexity.ts';

const file = new URL('../../../../engine/dsl/complexity.py', import.meta.url);
const body = readFileSync(file, 'utf8').split('def _score')[1];

it('has every part of the score, with the weight the engine gives it', () => {
	const linear = body.replace(/.*window_sum.*/, '');
	const weights = [...linear.matchAll(/\+ (?:([\d.]+) \* )?parts\["(\w+)"\](?: \/ (\d+))?/g)].map(
		([, weight = '1', name, over = '1']) => [name, Number(weight) / Number(over)] as const
	);
	expect(body).toContain('0.25 * math.log2(1 + parts["window_sum"])');
	expect(PARTS.map(({ key }) => key).sort()).toEqual(
		['op_cost', 'window_sum', ...weights.map(([name]) => name)].sort()
	);
	for (const [name, weight] of weights)
		expect([name, PARTS.find((part) => part.key === name)?.points(1)]).toEqual([name, weight]);
});

it('adds up to the score', () => {
	// cs_rank(ts_mean(close, 20) / close) - 0.5
	const parts = {
		nodes: 7,
		depth: 4,
		functions: 4,
		nonlinear: 1,
		cross_sectional: 1,
		window_sum: 20,
		window_max: 20,
		constants: 1,
		branches: 0,
		op_cost: 6
	};
	const sum = PARTS.reduce((total, { key, points }) => total + points(parts[key]), 0);
	expect(sum).toBeCloseTo(13.137762, 6);
});
