import { expect, it } from 'vitest';
import { fullTint, tint, yearRows } from './monthly.ts';

const rows = yearRows(
	[
		{ year: 2021, month: 1, value: 0.02 },
		{ year: 2020, month: 12, value: -0.01 }
	],
	[{ year: 2021, value: 0.02, benchmark: 0.1 }]
);

it('puts months under their years, oldest first', () => {
	expect(rows.map((r) => [r.year, r.value, r.benchmark])).toEqual([
		[2020, null, null],
		[2021, 0.02, 0.1]
	]);
	expect([rows[0].months[11], rows[1].months[0], rows[1].months[1]]).toEqual([-0.01, 0.02, null]);
});
it('tints by sign, up to a third', () => {
	expect(tint(0.02, 0.02)).toBe('color-mix(in oklab, var(--pos) 34%, var(--surface))');
	expect(tint(-0.9, 0.02)).toBe('color-mix(in oklab, var(--neg) 34%, var(--surface))');
	expect([tint(null, 1), tint(0, 1)]).toEqual([undefined, undefined]);
});
it('does not let one crash pale the rest', () => {
	const months = Array.from({ length: 40 }, (_, i) => ({
		year: 2000 + Math.floor(i / 12),
		month: (i % 12) + 1,
		value: 0.02
	}));
	months[5].value = -0.5;
	expect(fullTint(yearRows(months, []))).toBe(0.02);
	expect(fullTint([])).toBe(0.005);
});
