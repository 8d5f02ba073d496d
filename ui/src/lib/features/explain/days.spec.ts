import { expect, it } from 'vitest';
import { daysOf, extremes, MOST, offered, outside, step } from './days.ts';

const days = daysOf(['2020-01-02', '2020-01-03', '2020-01-06']);
const many = daysOf(
	Array.from({ length: MOST }, (_, i) =>
		new Date(Date.UTC(1990, 0, 1) + 3 * i * 86_400_000).toISOString().slice(0, 10)
	)
);

it('steps from date to date of the run', () => {
	expect(step(days, '2020-01-03', 1)).toBe('2020-01-06');
	expect(step(days, '2020-01-03', -1)).toBe('2020-01-02');
	expect(step(days, '2020-01-02', -1)).toBeNull();
	expect(step(days, '2020-01-06', 1)).toBeNull();
	expect(step(daysOf([]), '2020-01-06', 1)).toBeNull();
});

it('steps from a day that is none of the run to the nearest on that side', () => {
	expect(step(days, '2020-01-04', 1)).toBe('2020-01-06');
	expect(step(days, '2020-01-04', -1)).toBe('2020-01-03');
	expect(step(days, '2019-01-04', 1)).toBe('2020-01-02');
	expect(step(days, '2021-01-04', -1)).toBe('2020-01-06');
});

it('knows that a curve of nearly as many dates as there can be is thinned', () => {
	expect(daysOf(many.dates.slice(2)).complete).toBe(false);
	expect(daysOf(many.dates.slice(3)).complete).toBe(true);
});

it('steps over weekends where not all dates are known', () => {
	expect(many.complete).toBe(false);
	expect(step(many, '2020-01-03', 1)).toBe('2020-01-06');
	expect(step(many, '2020-01-06', -1)).toBe('2020-01-03');
	expect(step(many, '1990-01-01', -1)).toBeNull();
});

it('tells the dates of the run to who asks for one outside', () => {
	expect(outside(days, '2020-01-04')).toBeNull();
	expect(outside(days, '2021-01-01')).toBe('The run goes from 2020-01-02 to 2020-01-06.');
	expect(outside(daysOf([]), '2021-01-01')).toBeNull();
});

it('reads the dates a message offers', () => {
	const text =
		'2020-01-04 is no date of the run, which has 3 dates from 2020-01-02 to 2020-01-06; choose one of them, the nearest being 2020-01-03 and 2020-01-06.';
	expect(offered(text)).toEqual(['2020-01-03', '2020-01-06']);
	expect(offered('The engine failed on 2020-01-01.')).toEqual([]);
});

it('finds the worst and the best day', () => {
	expect(extremes(days, [1, 1.1, 0.99])).toEqual({
		worst: { date: '2020-01-06', change: 0.99 / 1.1 - 1 },
		best: { date: '2020-01-03', change: 1.1 - 1 }
	});
	expect(extremes(days, [1, 1, 1])).toBeNull();
	expect(extremes(days, [1, 0, 0])).toBeNull();
	expect(extremes(many, [])).toBeNull();
});
