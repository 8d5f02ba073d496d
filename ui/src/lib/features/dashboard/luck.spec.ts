import { describe, expect, it } from 'vitest';
import type { Aggregate } from '#lib/api/client.ts';
import { luckText, marksOf } from './luck.ts';

const of = (best: number | null, expected: number | null, zero: number | null = null) =>
	({
		best: best === null ? null : { metrics: { ann_sharpe: best } },
		expected_best: expected,
		zero_skill_best: zero,
		trials: 200
	}) as unknown as Aggregate;

describe('luck', () => {
	it('is marked twice, by two names', () => {
		expect(marksOf(of(0.5, 2, 0.9)).map((m) => [m.label, m.value, m.shape])).toEqual([
			['Best of 200 without skill', 0.9, 'dotted'],
			['Luck\u2019s best of 200', 2, 'solid']
		]);
		expect(marksOf(of(0.5, null))).toEqual([]);
	});
	it('is held against the best', () => {
		expect(luckText(of(0.5, 2, 0.9))).toBe(
			'The best of 200 tries without skill would show about 0.90 by the length of the data, and about 2.00 if they scattered as widely as these; the best here shows 0.50: no more than luck.'
		);
		expect(luckText(of(1, 2, 0.9))).toContain('not clearly more than luck');
		expect(luckText(of(3, 2))).toContain('would show about 2.00 if they scattered');
		expect(luckText(of(3, 2, 0.9))).toContain('more than luck explains');
		expect([luckText(of(null, 2, 0.9)), luckText(of(1, null))]).toEqual(['', '']);
	});
});
