import { expect, it } from 'vitest';
import { along, ends, span } from './bar.ts';

it('has zero and all values on the scale', () => {
	expect(ends([0.2, null, 0.5])).toEqual([0, 0.5]);
	expect(ends([-1, undefined, 2])).toEqual([-1, 2]);
	expect(ends([-3, -1, NaN])).toEqual([-3, 0]);
	expect(ends([])).toEqual([0, 0]);
});

it('places values, those beyond at the end', () => {
	expect(along(1, [-1, 3])).toBe(50);
	expect(along(9, [-1, 3])).toBe(100);
	expect(along(-9, [-1, 3])).toBe(0);
	expect(along(1, [0, 0])).toBe(0);
});

it('draws a bar from either side', () => {
	expect(span(0, 2, [-2, 2])).toEqual({ start: 50, size: 50 });
	expect(span(0, -1, [-2, 2])).toEqual({ start: 25, size: 25 });
	expect(span(1, 1, [0, 2])).toEqual({ start: 50, size: 0 });
});
