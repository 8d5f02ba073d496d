import { describe, expect, it } from 'vitest';
import { category, column, days, operator, param } from './samples.ts';
import { bounds, callExample, callTemplate, columnText, quoted, usual, wordsOf } from './words.ts';

const std = operator('ts_std', [
	param('x'),
	days(),
	param('ddof', 'int', { low: 0, high: 1, default: 1 })
]);
const rank = operator('group_rank', [param('x'), param('g', 'category')], { aliases: ['grank'] });
const when = operator('trade_when', [param('enter', 'series', { condition: true }), param('x')]);
const words = wordsOf([std, rank], [column('net income'), column('close'), category('sector')]);

describe('columns as text', () => {
	it.each([
		['close', 'close'],
		['pris_å', 'pris_å'],
		['net income', 'feat("net income")'],
		['1d', 'feat("1d")'],
		['not', 'feat("not")'],
		['feat', 'feat("feat")'],
		['a"b\\c', 'feat("a\\"b\\\\c")']
	])('%s', (name, text) => expect(columnText(name)).toBe(text));
	it('escapes only the quotation mark around it', () =>
		expect(quoted(`it's "so"`, "'")).toBe(`'it\\'s "so"'`));
});

describe('calls', () => {
	it('finds operators by alias', () => expect(words.operators.get('grank')).toBe(rank));
	it('have a tab stop for what must be given', () => {
		expect(callTemplate(std, words)).toBe('ts_std(${1:x}, ${2:20})');
		expect(callTemplate(rank, words)).toBe('group_rank(${1:x}, ${2:sector})');
	});
	it('can be tried on the columns there are', () => {
		expect(callExample(std, words)).toBe('ts_std(close, 20)');
		expect(callExample(rank, words)).toBe('group_rank(close, sector)');
		expect(callExample(when, wordsOf([], [column('close')]))).toBe(
			'trade_when(close > ts_mean(close, 20), close)'
		);
	});
	it('cannot be tried without a category or a column', () => {
		expect(callExample(rank, wordsOf([], [column('close')]))).toBeNull();
		expect(callExample(std, wordsOf([], [column('close', { usable: false })]))).toBeNull();
	});
});

it('names what an argument must be', () => {
	expect(bounds(days())).toBe('a whole number from 1 to 2520');
	expect(bounds(param('c', 'series', { condition: true }))).toBe('a condition');
	expect(bounds(param('k', 'number'))).toBe('a number');
});

it('has a number for each argument', () => {
	expect(usual(days())).toBe(20);
	expect(usual(param('q', 'number', { low: 0, high: 1 }))).toBe(0.5);
	expect(usual(param('q', 'number', { typical: [0.1, 0.3, 0.9] }))).toBe(0.3);
	expect(usual(param('k', 'int', { low: 2, high: 50 }))).toBe(2);
});
