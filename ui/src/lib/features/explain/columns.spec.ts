import { expect, it } from 'vitest';
import { clicked, COLUMNS, columnsOf, FIRST, isTotal, ordered, type Column } from './columns.ts';
import { ADDS } from './day.ts';
import { name } from './samples.ts';

const names = [
	name('B', 0.001, { signal: 2 }),
	name('A', -0.003),
	name('D', 0.001, { signal: -5 }),
	name('C', 0.002, { signal: 3 })
];
const symbols = (order: Parameters<typeof ordered>[1]) =>
	ordered(names, order)
		.map((n) => n.symbol)
		.join('');
const column = (key: string) => COLUMNS.find((c) => c.key === key) as Column;

it('begins with what moved the day most', () => {
	expect(symbols(FIRST)).toBe('ACBD');
});

it('orders by any column, what is missing last', () => {
	expect(symbols({ key: 'net', way: -1 })).toBe('CBDA');
	expect(symbols({ key: 'net', way: 1 })).toBe('ABDC');
	expect(symbols({ key: 'symbol', way: -1 })).toBe('DCBA');
	expect(symbols({ key: 'signal', way: 1 })).toBe('DBCA');
	expect(symbols({ key: 'signal', way: -1 })).toBe('CBDA');
	expect(names.map((n) => n.symbol).join('')).toBe('BADC');
});

it('begins numbers with the highest and text with A, and turns round', () => {
	const first = clicked(FIRST, column('net'));
	expect(first).toEqual({ key: 'net', way: -1 });
	expect(clicked(first, column('net'))).toEqual({ key: 'net', way: 1 });
	expect(clicked(first, column('symbol'))).toEqual({ key: 'symbol', way: 1 });
	expect(clicked(first, column('price'))).toEqual({ key: 'price', way: -1 });
});

it('explains every column, and has all that add up', () => {
	expect(COLUMNS.filter((c) => !c.help)).toEqual([]);
	expect(COLUMNS.filter((c) => isTotal(c.key)).map((c) => c.key)).toEqual([...ADDS]);
});

it('has a column of groups where there are any', () => {
	expect(columnsOf(names)).toHaveLength(COLUMNS.length - 1);
	expect(columnsOf([...names, name('E', 0, { group: 'Bank' })])).toEqual(COLUMNS);
});
