import { describe, expect, it } from 'vitest';
import {
	dateLabels,
	dateTicks,
	digitsOf,
	extent,
	fromX,
	logTicks,
	niceStep,
	niceTicks,
	toX,
	yExtent,
	zoomed
} from './scale.ts';

const DAY = 86_400_000;
const at = (...dates: string[]) => dates.map(toX);

describe('the x axis', () => {
	it('reads dates as UTC and writes them back', () => {
		expect(toX('1970-01-02')).toBe(DAY);
		expect(fromX(toX('2020-02-29') + 3600, true)).toBe('2020-02-29');
		expect(fromX(12.5, false)).toBe('12.5');
	});
	it('shows everything without a range', () =>
		expect(extent([1, 5, 9], null, false)).toEqual([1, 9]));
	it('stays inside the data', () => expect(extent([1, 5, 9], ['-3', '6'], false)).toEqual([1, 6]));
	it('takes the ends in either order', () =>
		expect(extent([1, 5, 6, 9], ['7', '4'], false)).toEqual([4, 7]));
	it('widens until two points are in view', () => {
		expect(extent([1, 5, 9], ['6', '7'], false)).toEqual([5, 9]);
		expect(extent([1, 5, 9], ['1', '2'], false)).toEqual([1, 5]);
		expect(extent([1, 5, 9], ['20', '30'], false)).toEqual([5, 9]);
		expect(extent([1, 5, 9], ['-20', '-10'], false)).toEqual([1, 5]);
	});
	it('works on dates', () => {
		const xs = at('2020-01-01', '2020-01-02', '2020-01-03');
		expect(extent(xs, ['2020-01-02', '2020-01-03'], true)).toEqual([xs[1], xs[2]]);
	});
	it('zooms around a point and back to everything', () =>
		expect([
			zoomed([0, 100], [0, 100], 80, 0.5),
			zoomed([0, 100], [40, 60], null, 2),
			zoomed([0, 100], [40, 60], 90, 0.5),
			zoomed([0, 100], [40, 60], 50, 8)
		]).toEqual([[40, 90], [30, 70], [45, 55], null]));
	it('has ticks where years, months, weeks and days begin', () => {
		const ticks = (from: string, to: string, step: number) =>
			dateTicks(toX(from), toX(to), step).map((t) => fromX(t, true));
		expect(ticks('1999-01-04', '2012-06-01', 5 * 365 * DAY)).toEqual([
			'2000-01-01',
			'2005-01-01',
			'2010-01-01'
		]);
		expect(ticks('2019-11-15', '2020-08-01', 90 * DAY)).toEqual([
			'2020-01-01',
			'2020-04-01',
			'2020-07-01'
		]);
		expect(ticks('2020-01-31', '2020-04-01', 30 * DAY)).toEqual([
			'2020-02-01',
			'2020-03-01',
			'2020-04-01'
		]);
		expect(ticks('2020-01-01', '2020-01-14', 7 * DAY)).toEqual(['2020-01-06', '2020-01-13']);
		expect(ticks('2020-01-01', '2020-01-03', DAY)).toEqual([
			'2020-01-01',
			'2020-01-02',
			'2020-01-03'
		]);
	});
	it('writes the year once', () => {
		expect(dateLabels(at('2019-11-01', '2019-12-01', '2020-01-01'), 30 * DAY)).toEqual([
			'Nov\n2019',
			'Dec',
			'Jan\n2020'
		]);
		expect(dateLabels(at('2020-01-01', '2021-01-01'), 365 * DAY)).toEqual(['2020', '2021']);
		expect(dateLabels(at('2020-01-05', '2020-01-10'), 5 * DAY)).toEqual(['5 Jan\n2020', '10 Jan']);
	});
});

describe('ticks', () => {
	it('steps by round numbers', () =>
		expect([niceStep(1, 5), niceStep(7, 3), niceStep(0.03, 4), niceStep(0, 4)]).toEqual([
			0.2, 2.5, 0.01, 1
		]));
	it('lists multiples with zero exact', () =>
		expect(niceTicks(-0.3, 0.31, 6)).toEqual([-0.2, 0, 0.2]));
	it('keeps log ticks few and round', () => {
		expect(logTicks(0.8, 2.1, 6)).toEqual([1, 1.25, 1.5, 1.75, 2]);
		expect(logTicks(0.5, 60, 8)).toEqual([0.5, 1, 2, 5, 10, 20, 50]);
		expect(logTicks(1e-4, 1e6, 5)).toEqual([1e-4, 1e-1, 1e2, 1e5]);
		expect(logTicks(0, 5, 5)).toEqual([]);
	});
	it('counts the digits a step needs', () =>
		expect([0.25, 0.5, 1, 20, 0.001].map(digitsOf)).toEqual([2, 1, 0, 0, 3]));
});

describe('the y axis', () => {
	it('leaves air, but not beyond zero', () => {
		expect(yExtent(-0.4, 0, { zero: true })).toEqual([-0.42000000000000004, 0]);
		expect(yExtent(1, 3)).toEqual([0.9, 3.1]);
		expect(yExtent(2, 2)).toEqual([1.9, 2.1]);
	});
	it('shows something when there is nothing', () =>
		expect([yExtent(null, null), yExtent(null, null, { log: true })]).toEqual([
			[0, 1],
			[0.5, 2]
		]));
	it('stays above zero on a log axis', () => {
		const [lo, hi] = yExtent(0.1, 100, { log: true });
		expect(lo > 0 && lo < 0.1 && hi > 100).toBe(true);
	});
});
