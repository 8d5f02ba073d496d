import { describe, expect, it } from 'vitest';
import type { Job } from '#lib/api/client.ts';
import { recipe } from './recipe.ts';

const job = (config: object, over: object = {}): Job =>
	({ dataset: 'a', workers: 2, created_at: '', params: { config, ...over } }) as unknown as Job;
const text = (it: Job, name: string) =>
	recipe(it)
		.flatMap(({ lines }) => lines)
		.find((line) => line.name === name)?.text;

describe('recipe', () => {
	it('writes what a value means', () => {
		const it = job({
			n: 1200,
			ignore: ['a', 'b'],
			params: { cap: 0.05, cost_bps: 5, rebalance: 3 }
		});
		expect(text(it, 'Candidates')).toBe('1,200');
		expect(text(it, 'Largest weight')).toBe('5.0%');
		expect(text(it, 'Cost per trade')).toBe('5.0 bps');
		expect(text(it, 'Rebalanced')).toBe('every 3 dates');
		expect(text(it, 'Columns left out')).toBe('a, b');
	});
	it('says what stands behind nothing', () => {
		const it = job({ params: { limit_score: null, smooth_ema: null } });
		expect(text(it, 'Complexity limit')).toBe('none');
		expect(text(it, 'Smoothing')).toBe('none');
		expect(text(it, 'Price column')).toBe('that of the data set');
	});
	it('has a dash where the job tells nothing', () => {
		expect(text(job({}), 'Candidates')).toBe('\u2014');
		expect(text(job({}, { fingerprint: 'f'.repeat(64) }), 'Fingerprint')).toBe('f'.repeat(12));
	});
	it('tells of breeding only where there was some', () => {
		const bred = job({
			method: 'evolve',
			population: 60,
			generations: null,
			crossover: 0.5,
			objectives: ['sharpe', 'turnover'],
			operator_weights: { lag: 0, ts_mean: 3 }
		});
		expect(text(bred, 'Population')).toBe('60');
		expect(text(bred, 'Generations')).toBe('as many as fit');
		expect(text(bred, 'Wanted')).toBe('High Sharpe ratio, Little turnover');
		expect(text(bred, 'Operator weights')).toBe('lag out, ts_mean 3');
		expect(text(job({ method: 'random' }), 'Population')).toBeUndefined();
		expect(text(job({}), 'Feature weights')).toBe('the usual');
	});
});
