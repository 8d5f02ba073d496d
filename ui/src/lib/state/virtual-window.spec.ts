import { describe, expect, it } from 'vitest';
import { dealt, scrollTo, windowOf } from './virtual-window.ts';

const size = { total: 1000, row: 28, view: 280 };

describe('the window of a list', () => {
	it('holds the rows in view and some more', () => {
		const { first, last, height, at } = windowOf(size, 2800);
		expect([first, last, height, at(100)]).toEqual([94, 116, 28_000, 2800]);
	});
	it('ends with the list', () => {
		expect(windowOf({ ...size, total: 3 }, 0)).toMatchObject({ first: 0, last: 3 });
		expect(windowOf({ ...size, total: 0 }, 0)).toMatchObject({ first: 0, last: 0, height: 0 });
		expect(windowOf({ ...size, total: 3 }, 5000)).toMatchObject({ first: 3, last: 3 });
	});
	it('reaches the last row of a list taller than a browser allows', () => {
		const tall = { ...size, total: 5_000_000 };
		const { height, last } = windowOf(tall, 0);
		const end = windowOf(tall, height - size.view);
		expect([height, last, end.last]).toEqual([8_000_000, 16, 5_000_000]);
		expect(end.at(4_999_999) + size.row).toBeCloseTo(height, 3);
	});
	it('scrolls no more than needed', () => {
		expect(scrollTo(size, 100, 5)).toBe(100);
		expect(scrollTo(size, 100, 0)).toBe(0);
		expect(scrollTo(size, 0, 10)).toBe(28);
		expect(scrollTo({ ...size, total: 5_000_000 }, 0, 4_999_999)).toBeCloseTo(8_000_000 - 280, 3);
	});
});

it('keeps the element of a row that stays', () => {
	expect(dealt(0, 4, 4)).toEqual([0, 1, 2, 3]);
	expect(dealt(1, 5, 4)).toEqual([4, 1, 2, 3]);
	expect(dealt(6, 8, 4)).toEqual([-1, -1, 6, 7]);
});
