import { describe, expect, it } from 'vitest';
import {
	byYear,
	cellAt,
	cellText,
	classOf,
	coverageSummary,
	daysOf,
	inOrder,
	linesOf,
	lives,
	shareOf
} from './coverage.ts';

const months = ['2019-11', '2019-12', '2020-01', '2020-02'];
const coverage = {
	months,
	symbols: ['B', 'A', 'C\u200b', 'D'],
	cells: ['aaaa', '.9a-', '..a.', '....']
};
const all = lives(coverage);

describe('coverage', () => {
	it('reads the characters of the engine', () => {
		expect([...'.-059a?'].map((c) => shareOf(c.charCodeAt(0)))).toEqual([
			-1, 0, 0.05, 0.55, 0.95, 1, -1
		]);
		expect([-1, 0, 0.05, 0.45, 0.55, 0.85, 0.95, 1].map(classOf)).toEqual([0, 1, 2, 2, 3, 3, 4, 5]);
	});
	it('knows the life of each symbol', () => {
		expect(all.map(({ first, last, holes }) => [first, last, holes])).toEqual([
			[0, 3, 0],
			[1, 3, 2],
			[2, 2, 0],
			[-1, -1, 0]
		]);
		expect(all[1].share).toBeCloseTo(0.65);
		const names = (order: 'name' | 'start' | 'worst') =>
			inOrder(all, order).map((l) => l.symbol[0]);
		expect(names('name').join('')).toBe('ABCD');
		expect(names('start').join('')).toBe('BACD');
		expect(names('worst').join('')).toBe('DABC');
	});
	it('puts neighbours on one line where there is no room, by their mean', () => {
		const lines = linesOf(all, 4, 2);
		expect(lines.map((l) => l.members.length)).toEqual([2, 2]);
		expect([...lines[0].shares].map((v) => +v.toFixed(3))).toEqual([1, 0.975, 1, 0.5]);
		expect([...lines[1].shares]).toEqual([-1, -1, 1, -1]);
		expect(cellText(lines[0], months, 3)).toBe(
			'B to A (2 symbols), 2020-02: 50% of the dates on average'
		);
	});
	it('says what a cell holds', () => {
		const [b, a, c] = linesOf(all, 4, 99);
		expect([0, 1, 2, 3].map((m) => cellText(a, months, m))).toEqual([
			'A, 2019-11: not listed',
			'A, 2019-12: 90% to 100% of the dates',
			'A, 2020-01: every date',
			'A, 2020-02: no dates'
		]);
		expect(cellText(b, months, 0)).toBe('B, 2019-11: every date');
		expect(cellText(c, months, 2)).toBe('C<200B>, 2020-01: every date');
		const low = linesOf(lives({ months: ['2020-01'], symbols: ['X'], cells: ['0'] }), 1, 9)[0];
		expect(cellText(low, ['2020-01'], 0)).toBe('X, 2020-01: less than 10% of the dates');
	});
	it('tells the whole in a sentence', () => {
		expect(coverageSummary(all, months)).toBe(
			'4 symbols from 2019-11 to 2020-02, 88.3% of the dates have a price while a symbol is listed, 2 symbols have every date, 2 begin later and 1 ends earlier than the data.'
		);
		expect(coverageSummary([], [])).toMatch(/no symbols/);
	});
	it('moves by keys and stays inside', () => {
		const move = (key: string, at = { line: 1, month: 1 }, shift = false) =>
			cellAt(key, shift, at, 4, 4);
		expect(move('ArrowDown')).toEqual({ line: 2, month: 1 });
		expect(move('ArrowDown', undefined, true)).toEqual({ line: 3, month: 1 });
		expect(move('ArrowLeft', { line: 0, month: 0 })).toEqual({ line: 0, month: 0 });
		expect(move('End')).toEqual({ line: 1, month: 3 });
		expect(move('x')).toBeNull();
		expect(cellAt('ArrowRight', false, null, 4, 4)).toEqual({ line: 0, month: 0 });
		expect(cellAt('ArrowRight', false, null, 0, 0)).toBeNull();
	});
	it('counts days and years', () => {
		expect(daysOf('2020-02')).toEqual(['2020-02-01', '2020-02-29']);
		const years = byYear(all[1], months);
		expect(years.get('2019')).toBeCloseTo(0.95);
		expect(years.get('2020')).toBeCloseTo(0.5);
		expect(byYear(all[3], months)).toEqual(
			new Map([
				['2019', null],
				['2020', null]
			])
		);
	});
});
