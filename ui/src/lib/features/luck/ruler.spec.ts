import { expect, it } from 'vitest';
import { overfitting as o } from './fixtures.spec-helper.ts';
import { marksOf, scaleOf } from './ruler.ts';

it('sets the strategy beside what luck would show', () =>
	expect(marksOf(o, 0.41).map(({ name, text }) => [name, text])).toEqual([
		['This strategy', '0.41 (0.08 to 0.73)'],
		['Best of 60, measuring error only', '0.49'],
		['Best of 47 different, as they scattered', '2.24'],
		['Best of 60, as they scattered', '2.33']
	]));

it('leaves out what is not known or the same', () => {
	const alone = { ...o, deflated_effective: o.deflated, zero_skill_best: null, interval: null };
	expect(marksOf(alone, 0.41).map(({ text }) => text)).toEqual(['0.41', '2.33']);
	const none = { ...alone, deflated: null, deflated_effective: null };
	expect(marksOf(none, null).map(({ text }) => text)).toEqual(['—']);
});

it('draws from below zero to above the most', () => {
	const [lo, hi] = scaleOf(marksOf(o, 0.41));
	expect([lo < 0, hi > 2.332]).toEqual([true, true]);
	expect(scaleOf([])).toEqual([-0.05, 0.05]);
});
