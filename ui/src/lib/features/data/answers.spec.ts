import { describe, expect, it } from 'vitest';
import {
	answered,
	choicesOf,
	chosen,
	forPage,
	labelOf,
	readings,
	titleOf,
	withReading
} from './answers.ts';
import { preview } from './samples.ts';
import type { Question } from './types.ts';

const ask = (option: string, choices: string[] = [], column: string | null = null): Question => ({
	option,
	message: 'Which?',
	choices,
	column
});

describe('choicesOf', () => {
	it('names the answers a question brings', () => {
		expect(choicesOf(ask('date_order', ['dmy', 'mdy']), [])).toEqual([
			{ value: 'dmy', label: 'Day first: 03/04 is the 3rd of April' },
			{ value: 'mdy', label: 'Month first: 03/04 is March the 4th' }
		]);
		expect(choicesOf(ask('sheet', ['<b>x</b>']), [])).toEqual([
			{ value: '<b>x</b>', label: '<b>x</b>' }
		]);
	});
	it('offers the columns where one is asked for', () => {
		const columns = [{ name: 'a' }, { name: 'b' }];
		expect(choicesOf(ask('date'), columns).map((c) => c.value)).toEqual(['a', 'b']);
		expect(choicesOf(ask('rename', [], 'a'), columns)).toEqual([]);
	});
	it('knows the answers a question forgot', () => {
		expect(choicesOf(ask('duplicates'), []).map((c) => c.value)).toEqual(['first', 'last']);
	});
});

describe('answered', () => {
	it('sets the option the question names', () => {
		expect(answered({}, ask('date_order'), 'mdy')).toEqual({ date_order: 'mdy' });
		expect(answered({ date: 'x' }, ask('symbol'), 'Ticker')).toEqual({
			date: 'x',
			symbol: 'Ticker'
		});
	});
	it('minds the type of the option', () => {
		expect(answered({}, ask('header'), 'false')).toEqual({ header: false });
		expect(answered({}, ask('categories', [], 'code'), 'yes')).toEqual({ categories: ['code'] });
		expect(answered({}, ask('ignore', ['a', 'b']), 'b')).toEqual({ ignore: ['b'] });
		expect(answered({}, ask('rename', [], 'a b'), 'ab')).toEqual({ rename: { 'a b': 'ab' } });
		expect(answered({}, ask('periods_per_year'), '12')).toEqual({ periods_per_year: 12 });
	});
});

describe('readings', () => {
	it('says what was found out, then what else there is', () => {
		const found = readings(preview({ options: { separator: ';' } }), 'separator');
		expect(found[0]).toEqual({ value: '', label: 'Found: Semicolon  ;' });
		expect(found.map((c) => c.value)).toEqual(['', ',', ';', '\t', '|']);
	});
	it('lists the sheets of a workbook', () => {
		const found = readings(preview({ sheets: ['Q1', 'Q2'] }), 'sheet');
		expect(found.map((c) => c.label)).toEqual(['As found out', 'Q1', 'Q2']);
	});
	it('are chosen and taken back', () => {
		expect(withReading({}, 'header', 'false')).toEqual({ header: false });
		expect(withReading({ header: false }, 'header', '')).toEqual({});
		expect(chosen({ header: false }, 'header')).toBe('false');
		expect(chosen({}, 'header')).toBe('');
	});
});

it('calls an unknown answer what it is', () => {
	expect([labelOf('new', 'x'), labelOf('decimal', 'constructor')]).toEqual(['x', 'constructor']);
});

it('asks in one sentence', () => {
	expect([titleOf('price'), titleOf('toString')]).toEqual([
		'Which column is the price?',
		'A question about the file'
	]);
});

it('leaves out what is said to those at a command line', () => {
	expect(
		forPage('In a.csv, for example 1/2; say which with --date-order dmy or --date-order mdy.')
	).toBe('In a.csv, for example 1/2.');
	expect(
		forPage('Most likely A. Say which with --encoding a or --encoding b, or save it anew.')
	).toBe('Most likely A.');
	expect(forPage('Save it as UTF-8, or say what it is with --encoding.')).toBe('Save it as UTF-8.');
	expect(forPage('Write 1.5 instead.')).toBe('Write 1.5 instead.');
});
