import { describe, expect, it } from 'vitest';
import {
	around,
	columnsShown,
	dayOf,
	filterQuery,
	rangeProblem,
	readRows,
	rowsSearch
} from './rows-query.ts';

const there = (search: string) => readRows(new URLSearchParams(search));

describe('the rows in the address', () => {
	it('reads what it writes, whatever the symbols are', () => {
		for (const symbols of [
			['AAPL'],
			['AAPL', 'ERIC B'],
			['A,B', 'C'],
			['[x]', '["a"]'],
			[' A'],
			['=1+1', '<script>', 'A&B=C', 'å\u200b', '%2C', '#']
		]) {
			const query = { symbols, start: '2020-01-01', end: '', columns: ['close', 'a b'] };
			expect(there(rowsSearch(query))).toEqual(query);
		}
	});
	it('leaves what is empty out, and other parts alone', () => {
		expect(rowsSearch({ symbols: [], start: '', end: '', columns: [] })).toBe('');
		const now = new URLSearchParams('symbols=A&start=2020-01-01&x=1');
		expect(rowsSearch({ start: '' }, now)).toBe('?symbols=A&x=1');
	});
	it('takes nothing that is no day', () => {
		expect(['2020-02-03', '2020-02-31', '2020-13-01', 'x', null].map(dayOf)).toEqual([
			'2020-02-03',
			'',
			'',
			'',
			''
		]);
		expect(there('?symbols=[A,B&start=x')).toEqual({
			symbols: ['[A', 'B'],
			start: '',
			end: '',
			columns: []
		});
	});
	it('goes from a finding and from a place to their rows', () => {
		expect(
			filterQuery({ symbols: ['A'], start: null, end: '2020-01-05', columns: ['close'] })
		).toEqual({ symbols: ['A'], start: '', end: '2020-01-05', columns: ['close'] });
		expect(around('A', '2020-03-01', ['close'])).toEqual({
			symbols: ['A'],
			start: '2020-02-20',
			end: '2020-03-11',
			columns: ['close']
		});
		expect(around(null, null, [])).toEqual({ symbols: [], start: '', end: '', columns: [] });
	});
});

it('shows the columns asked for, else the price and the first few', () => {
	const all = Array.from({ length: 100 }, (_, i) => `c${i}`);
	expect(columnsShown(['c3', 'gone'], all, 'c50')).toEqual(['c3']);
	expect(columnsShown([], all, 'c50').slice(0, 3)).toEqual(['c50', 'c0', 'c1']);
	expect(columnsShown(['gone'], all, 'none')).toHaveLength(12);
	expect(columnsShown(all, all, 'c0')).toHaveLength(60);
});

it('says why a range is empty', () => {
	expect(rangeProblem('2020-01-02', '2020-01-01')).toMatch(/before the first/);
	expect(rangeProblem('2020-01-02', '')).toBeNull();
});
