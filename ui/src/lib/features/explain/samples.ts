/** A day for the specs. */
import type { Explained, NameDay } from '#lib/api/client.ts';

export const name = (symbol: string, net: number, more: Partial<NameDay> = {}): NameDay => ({
	symbol,
	group: null,
	signal: null,
	neutralized: null,
	sized: null,
	limited: null,
	target: null,
	price: null,
	ret: 0,
	before: 0,
	drifted: 0,
	trade: 0,
	after: 0,
	gross: net,
	cost: 0,
	borrow: 0,
	net,
	event: null,
	...more
});

export const day = (names: NameDay[], more: Partial<Explained> = {}): Explained => {
	const sum = (key: 'gross' | 'cost' | 'borrow' | 'net') => names.reduce((a, n) => a + n[key], 0);
	return {
		date: '2020-01-03',
		signal_date: '2020-01-03',
		equity_before: 1,
		equity_after: 1 + sum('net'),
		gross: sum('gross'),
		cost: sum('cost'),
		borrow: sum('borrow'),
		net: sum('net'),
		turnover: 0.1,
		gross_exposure: 1,
		net_exposure: 0,
		held: names.length,
		names,
		notes: [],
		...more
	};
};
