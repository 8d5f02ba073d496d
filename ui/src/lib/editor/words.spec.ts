import { describe, expect, it } from 'vitest';
import { category, column, days, operator, param } from './samples.ts';
import {
	argumentOf,
	bounds,
	callExample,
	callTemplate,
	columnText,
	firstSentence,
	infixForm,
	quoted,
	readable,
	usual,
	usuals,
	wordsFor,
	wordsOf
} from './words.ts';

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

it('writes a canonical text as one would type it', () =>
	expect(readable('feat("close") / feat("net \\"income\\"") + symbol_is("feat(\\"x\\")")')).toBe(
		'close / feat("net \\"income\\"") + symbol_is("feat(\\"x\\")")'
	));

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
	it('take columns of the names they ask for, then those that are prices too', () => {
		const range = operator('atr', [param('high'), param('low'), param('close'), days()]);
		const sum = operator('add', [param('x'), param('y')]);
		const has = ['cap', 'close', 'high', 'low'].map((name) => column(name));
		expect(callExample(range, wordsOf([], has))).toBe('atr(high, low, close, 20)');
		expect(callExample(sum, wordsOf([], has))).toBe('add(close, high)');
	});
	it('name a symbol that is there', () => {
		const is = operator('symbol_is', [param('symbol', 'symbol')]);
		expect(callExample(is, words, 'A"B')).toBe('symbol_is("A\\"B")');
		expect(callExample(is, words)).toBeNull();
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

it('has the numbers people give for an argument', () => {
	expect(usuals(days())).toEqual([5, 10, 20, 60, 120, 252]);
	expect(usuals(param('d', 'int', { low: 1, high: 20, doc: 'trading days' }))).toEqual([5, 10, 20]);
	expect(usuals(param('f', 'int', { default: 1, doc: '0 = no, 1 = yes' }))).toEqual([0, 1]);
	expect(usuals(param('q', 'number', { typical: [0.9, 0.1], default: 0.5 }))).toEqual([
		0.1, 0.5, 0.9
	]);
});

it('finds an argument by its place or its name, in calls of any length too', () => {
	const options = [param('filter', 'int', { default: 0 })];
	const more = { open: true, options, keywords: { skip: 'filter' } };
	const many = operator('max', [param('x'), param('y')], more);
	const few = operator('ts_rank', [param('x')], { options });
	expect([argumentOf(std, 1)?.name, argumentOf(std, 0, 'ddof')?.name]).toEqual(['d', 'ddof']);
	expect([argumentOf(std, 3), argumentOf(std, 0, 'q')]).toEqual([undefined, undefined]);
	expect([argumentOf(many, 7)?.name, argumentOf(many, 7, 'skip')?.name]).toEqual(['y', 'filter']);
	expect([argumentOf(few, 1)?.name, argumentOf(few, 2)]).toEqual(['filter', undefined]);
});

it('knows the words that may stand for numbers', () =>
	expect(wordsFor(param('driver', 'int', { doc: '0 = gaussian, 1 = uniform' }))).toEqual([
		{ word: 'gaussian', value: 0 },
		{ word: 'uniform', value: 1 }
	]));

it('writes signs where they stand', () => {
	const two = [param('x'), param('y')];
	expect(
		[
			operator('add', two, { infix: '+' }),
			operator('neg', [param('x')], { infix: '-' }),
			operator('not', [param('x')], { infix: 'not' }),
			std
		].map(infixForm)
	).toEqual(['x + y', '-x', 'not x', null]);
});

it('takes the first sentence', () => {
	expect(firstSentence('Mean of the last d days.\n\nMore.')).toBe('Mean of the last d days.');
	expect(firstSentence('1.5 is no end')).toBe('1.5 is no end');
});
