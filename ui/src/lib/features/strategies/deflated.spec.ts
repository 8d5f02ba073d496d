import { describe, expect, it } from 'vitest';
import type { Deflated } from '#lib/api/client.ts';
import { chance, verdict } from './deflated.ts';

const d: Deflated = {
	probability: 0.97,
	expected_best: 1.234,
	trials: 1200,
	dispersion: 0.5,
	psr: 0.999,
	min_trl_days: 812.2
};

describe('a verdict', () => {
	it('goes by the probability', () =>
		expect(
			[0.95, 0.94, 0.5, 0.49, 0, null].map((p) => verdict({ ...d, probability: p }, 1).tone)
		).toEqual(['ok', 'warn', 'warn', 'bad', 'bad', 'plain']));
	it('has nothing to say of losses', () =>
		expect([0, -1].map((sharpe) => verdict(d, sharpe).word)).toEqual([
			'No gain to explain',
			'No gain to explain'
		]));
	it('counts the tries', () =>
		expect([verdict(d, 1).text, verdict({ ...d, trials: 1 }, 1).text]).toEqual([
			'Even the luckiest of 1,200 tries would hardly look this good.',
			'Even the luckiest of 1 try would hardly look this good.'
		]));
});

it('never claims certainty', () =>
	expect([0, 0.004, 0.12, 0.996, 1, null].map(chance)).toEqual([
		'0%',
		'< 1%',
		'12%',
		'> 99%',
		'100%',
		'—'
	]));
