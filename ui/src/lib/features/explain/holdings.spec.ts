import { expect, it } from 'vitest';
import type { Holdings } from '#lib/api/client.ts';
import { concentrated, told } from './holdings.ts';

const held = (more: Partial<Holdings> = {}): Holdings => ({
	dates: ['2020-01-02', '2020-01-03'],
	gross_exposure: [1, 1],
	net_exposure: [0, 0],
	names: [10, 30],
	turnover: [0, 0],
	cost: [0, 0],
	largest_share: [null, 0.12],
	best: [],
	worst: [],
	names_traded: 143,
	coverage: 0.981,
	...more
});

it('tells how many names, and what the signal covers', () => {
	expect(told(held())).toBe(
		'143 names were held at some time, 20.0 at a time on average; on an average date 98% of the names that could have a signal had one.'
	);
	expect(told(held({ names_traded: 1, coverage: null }))).toBe(
		'1 name was held at some time, 20.0 at a time on average.'
	);
	expect(told(held({ names_traded: 0 }))).toBe('Nothing was ever held.');
});

it('tells how much hangs on one position', () => {
	expect(concentrated(held())).toBe(
		'The largest position is 12.0% of what is held on average (evenly spread it would be 5.0%).'
	);
	expect(concentrated(held({ largest_share: [null] }))).toBeNull();
});
