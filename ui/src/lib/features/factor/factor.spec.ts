import { expect, it } from 'vitest';
import type { Exposures, FactorSheet } from '#lib/api/client.ts';
import {
	bucketLines,
	buckets,
	explained,
	left,
	predicts,
	spreads,
	steadiness,
	strongest,
	type Horizon
} from './factor.ts';

const horizon = (days: number, mean: number | null, t: number | null, q = {}): Horizon => {
	const rank_ic = { mean, sd: 0.1, icir: 0.1, t, n: 100, daily: [] };
	const quantiles = {
		means: [0, 0, 0, 0, 0],
		turnover: [],
		spread: 0.001,
		spread_t: 2.2,
		monotonicity: 1,
		daily: [],
		spread_daily: [],
		...q
	};
	return { days, ic: rank_ic, rank_ic, quantiles };
};

it('says whether the signal orders what follows', () => {
	expect(predicts([])).toContain('nothing can be said');
	expect(predicts([horizon(1, null, null)])).toContain('nothing can be said');
	expect(predicts([horizon(1, 0.004, 0.8)])).toBe(
		'Over the next date the signal says little about who does better (rank correlation 0.004, t 0.8): luck alone often gives as much.'
	);
	expect(predicts([horizon(5, 0.021, 4.52)])).toBe(
		'On average names with a higher signal do better over the next 5 dates (rank correlation 0.021, t 4.5); as a single try this would be hard to explain by luck.'
	);
	expect(predicts([horizon(1, -0.02, -3)])).toContain('it points the wrong way');
	expect(predicts([horizon(1, 0.02, null)])).toContain('t —');
});

it('names the clearest horizon when it is another one', () => {
	expect(strongest([])).toBeNull();
	expect(strongest([horizon(1, 0.02, 3), horizon(5, 0.02, 2.5)])).toBeNull();
	expect(strongest([horizon(1, 0.02, 1), horizon(5, 0.01, 1.5)])).toBeNull();
	expect(strongest([horizon(1, 0.02, 1), horizon(5, -0.03, -3.14), horizon(10, 0.1, 2)])).toBe(
		'It is clearest over the next 5 dates (t −3.1).'
	);
});

it('tells the spread and whether the fifths stand in line', () => {
	const of = (q: object, days = 1) => spreads(horizon(days, 0, 0, q));
	expect(of({})).toBe(
		'The highest fifth earns 0.100% more than the lowest over a date (t 2.2); each fifth earns more than the one below.'
	);
	expect(of({ spread: -0.002, monotonicity: -0.7 }, 5)).toBe(
		'The highest fifth earns 0.200% less than the lowest over 5 dates (t 2.2); from fifth to fifth the returns mostly fall (−0.70).'
	);
	expect(of({ monotonicity: -1 })).toContain('less than the one below');
	expect(of({ monotonicity: 0.6 })).toContain('mostly rise');
	expect(of({ monotonicity: 0.1 })).toContain('neither rise nor fall');
	expect(of({ monotonicity: null })).toContain('nothing can be said of those between');
	expect(of({ spread: null })).toContain('Too few names');
});

const exposures = (more: Partial<Exposures> = {}): Exposures => ({
	n: 1234,
	alpha: 0.021,
	alpha_t: 1.9,
	r2: 0.234,
	residual_sharpe: 0.4,
	factors: [],
	...more
});

it('tells what is left without the factors', () => {
	const out = 'Take away the market, momentum and volatility and';
	expect(left(exposures(), 0.9)).toBe(`${out} 0.40 of its Sharpe ratio of 0.90 is left.`);
	expect(left(exposures({ residual_sharpe: -0.1 }), 0.9)).toBe(
		`${out} nothing of its Sharpe ratio of 0.90 is left.`
	);
	expect(left(exposures(), 0.3)).toContain('rises from 0.30 to 0.40');
	expect(left(exposures(), -0.2)).toBe(`${out} its Sharpe ratio is 0.40 instead of −0.20.`);
	expect(left(exposures({ residual_sharpe: null }), 0.9)).toContain('Too few dates');
	expect(left(exposures(), null)).toContain('Too few dates');
});

it('tells how much the factors explain', () => {
	expect(explained(exposures())).toBe(
		'Together they explain 23% of its daily ups and downs over 1,234 dates. Beyond them it earns +2.1% a year (t 1.9).'
	);
	expect(explained(exposures({ alpha: null }))).not.toContain('Beyond');
	expect(explained(exposures({ r2: null }))).toBe('');
});

it('tells how steady the signal is', () => {
	expect(steadiness(null)).toContain('cannot be said');
	expect(steadiness(0.99)).toBe(
		'Rank autocorrelation 0.99: the order hardly changes from one date to the next.'
	);
	expect(steadiness(0.8)).toContain('slowly');
	expect(steadiness(0.4)).toContain('fast');
	expect(steadiness(-0.1)).toContain('−0.10');
});

it('names the fifths and draws a line for each', () => {
	expect(buckets(5)).toEqual(['Lowest', '2nd', '3rd', '4th', 'Highest']);
	expect(buckets(3)).toEqual(['1', '2', '3']);
	const sheet = {
		cumulative_quantiles: [
			[0, 1],
			[2, 3],
			[4, 5],
			[6, 7],
			[8, 9]
		]
	};
	expect(bucketLines(sheet as unknown as FactorSheet).map((s) => [s.label, s.values])).toEqual([
		['Lowest', [0, 1]],
		['2nd', [2, 3]],
		['3rd', [4, 5]],
		['4th', [6, 7]],
		['Highest', [8, 9]]
	]);
});
