import { describe, expect, it } from 'vitest';
import { colourOf, interpolate, isDashed, pointText, spread, stepped, summary } from './series.ts';

const text = (v: number | null | undefined) => (v === null || v === undefined ? '—' : v.toFixed(1));
const series = [
	{ label: 'A', values: [1, 3, 2] },
	{ label: 'B', values: [null, 0.5, null], approximate: true }
];
const x = ['2020-01-01', '2020-01-02', '2020-01-03'];

describe('a chart in words', () => {
	it('tells ends, extremes and dates', () =>
		expect(summary(x, series, text)).toBe(
			'A from 1.0 to 2.0, between 1.0 and 3.0; B from 0.5 to 0.5, between 0.5 and 0.5. 2020-01-01 to 2020-01-03.'
		));
	it('says when there is nothing', () =>
		expect(summary([], [{ label: 'A', values: [] }], text)).toBe('A: no values. No data.'));
	it('tells a point, and what is only near', () => {
		expect(pointText(x, series, 1, text)).toBe('2020-01-02: A 3.0, B ≈ 0.5');
		expect(pointText(x, series, 0, text)).toBe('2020-01-01: A 1.0, B —');
	});
});

describe('moving the crosshair', () => {
	it('steps by one, by a tenth and to the ends', () => {
		const go = (key: string, shift = false, i: number | null = 50) =>
			stepped(key, shift, i, [0, 100]);
		expect(go('ArrowRight')).toBe(51);
		expect(go('ArrowLeft', true)).toBe(40);
		expect(go('PageUp')).toBe(60);
		expect([go('Home'), go('End')]).toEqual([0, 100]);
		expect(go('ArrowRight', false, 100)).toBe(100);
		expect(go('x')).toBeNull();
	});
	it('enters at the side it comes from', () =>
		expect([
			stepped('ArrowRight', false, null, [3, 9]),
			stepped('ArrowLeft', false, 30, [3, 9])
		]).toEqual([3, 9]));
});

it('spreads rows evenly and keeps the last', () => {
	const xs = Array.from({ length: 10 }, (_, i) => i);
	expect(spread(xs, 0, 9, 4)).toEqual([0, 3, 6, 9]);
	expect(spread(xs, 2, 4, 10)).toEqual([2, 3, 4]);
});

it('reads values between points and none outside', () =>
	expect(interpolate([0, 10, 20], [0, 1, null], [-1, 0, 5, 10, 15, 25])).toEqual([
		null,
		0,
		0.5,
		1,
		null,
		null
	]));

it('repeats the palette dashed', () => {
	const s = { label: '', values: [] };
	expect([colourOf(s, 0), colourOf(s, 6), isDashed(s, 5), isDashed(s, 6)]).toEqual([
		'--s1',
		'--s1',
		false,
		true
	]);
});
