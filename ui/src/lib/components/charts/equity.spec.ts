import { describe, expect, it } from 'vitest';
import type { EquityCurve } from '#lib/api/client.ts';
import { lines, sameRange, span } from './equity.ts';

const curve = (dates: string[], equity: number[], benchmark: number[] | null = null) =>
	({
		expr_hash: 'h',
		base_currency: null,
		dates,
		equity,
		drawdown: equity.map(() => 0),
		benchmark,
		rolling_sharpe: equity.map(() => null)
	}) as EquityCurve;

describe('lines of a curve', () => {
	const own = curve(['2020-01-02', '2020-01-04'], [1, 2], [1, 1.1]);
	it('draws the strategy and the benchmark', () => {
		const { x, equity, drawdown } = lines(own, null, 'Equal weight');
		expect(x).toEqual(own.dates);
		expect(equity.map((s) => [s.label, s.values])).toEqual([
			['Strategy', [1, 2]],
			['Equal weight', [1, 1.1]]
		]);
		expect(drawdown).toHaveLength(1);
	});
	it('reads another run at the dates of this one and keeps what lies outside', () => {
		const ghost = curve(['2020-01-01', '2020-01-03', '2020-01-05'], [1, 3, 5]);
		const { x, equity } = lines(own, ghost, 'B');
		expect(x).toEqual(['2020-01-01', '2020-01-02', '2020-01-04', '2020-01-05']);
		expect(equity.map((s) => s.values)).toEqual([
			[null, 1, 2, null],
			[null, 1, 1.1, null],
			[1, 2, 4, 5]
		]);
		expect(equity[2].approximate).toBe(true);
	});
	it('takes another run of the same dates as it is', () =>
		expect(lines(own, curve(own.dates, [1, 3]), 'B').equity[2]).toMatchObject({
			values: [1, 3],
			approximate: false
		}));
	it('does without any dates', () =>
		expect(lines(curve([], []), null, 'B')).toMatchObject({ x: [], equity: [{ values: [] }] }));
});

describe('spans', () => {
	const dates = ['2001-01-01', '2020-03-31'];
	it('counts back from the last date', () =>
		expect((['1M', '1Y', '5Y', 'All'] as const).map((s) => span(dates, s)?.[0])).toEqual([
			'2020-02-29',
			'2019-03-31',
			'2015-03-31',
			undefined
		]));
	it('is everything when the data are shorter', () => {
		expect(span(['2020-03-01', '2020-03-31'], '1Y')).toBeNull();
		expect(span([], '1Y')).toBeNull();
	});
	it('compares by value', () =>
		expect([sameRange(['a', 'b'], ['a', 'b']), sameRange(null, ['a', 'b'])]).toEqual([
			true,
			false
		]));
});
