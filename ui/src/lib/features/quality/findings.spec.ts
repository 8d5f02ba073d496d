import { describe, expect, it } from 'vitest';
import {
	amount,
	calendarText,
	countsOf,
	countsText,
	extent,
	findingsCsv,
	lockedText,
	ofSeverity,
	ordered,
	weekdayText
} from './findings.ts';
import type { Calendar, Finding } from './types.ts';

const finding = (more: Partial<Finding>): Finding => ({
	kind: 'gap',
	title: 'Gaps',
	severity: 'info',
	count: 1,
	unit: 'dates',
	symbols: 1,
	column: null,
	message: 'Some dates are missing.',
	examples: [],
	rows: { symbols: [], start: null, end: null, columns: [] },
	...more
});
const all = [
	finding({ kind: 'a' }),
	finding({ kind: 'b', severity: 'error' }),
	finding({ kind: 'c', severity: 'warning' }),
	finding({ kind: 'd', severity: 'error' })
];

describe('findings', () => {
	it('puts the worst first and keeps their order', () => {
		expect(ordered(all).map((f) => f.kind)).toEqual(['b', 'd', 'c', 'a']);
		expect(ofSeverity(all, 'error').map((f) => f.kind)).toEqual(['b', 'd']);
		expect(ofSeverity(all, null)).toHaveLength(4);
		expect(countsOf(all)).toEqual({ error: 2, warning: 1, info: 1 });
		expect(countsText(countsOf(all))).toBe('2 errors, 1 warning, 1 note');
		expect(countsText(countsOf([]))).toBe('nothing found');
	});
	it('counts in the unit of the finding', () => {
		expect([amount(1, 'cells'), amount(1204, 'cell'), amount(2, 'entry')]).toEqual([
			'1 cell',
			'1,204 cells',
			'2 entries'
		]);
		expect(extent(finding({ count: 3, unit: 'cells', symbols: 2 }))).toBe('3 cells of 2 symbols');
		expect(extent(finding({ count: 3, unit: 'symbols', symbols: 3 }))).toBe('3 symbols');
		expect(extent(finding({ count: 1, unit: 'dates', symbols: 0 }))).toBe('1 date');
	});
	it('goes into a file where nothing can run', () => {
		const text = findingsCsv([
			finding({
				title: '=cmd|x',
				count: -5,
				column: '@x',
				examples: [{ symbol: '+A', date: '2020-01-01', text: '-90.0 %, then +905 %' }]
			}),
			finding({ message: '' })
		]);
		const lines = text.split('\r\n');
		expect(lines[0]).toMatch(/^severity,kind,title,column,count/);
		expect(lines[1]).toBe(
			`info,gap,'=cmd|x,'@x,-5,dates,1,Some dates are missing.,'+A,2020-01-01,"'-90.0 %, then +905 %"`
		);
		expect(lines[2]).toBe('info,gap,Gaps,,1,dates,1,,,,');
	});
});

describe('a calendar in a sentence', () => {
	const calendar = (more: Partial<Calendar>): Calendar => ({
		frequency: 'business days',
		weekdays: [0, 1, 2, 3, 4],
		dates: 1000,
		holidays: 9,
		longest_break: 4,
		...more
	});
	it.each([
		[
			{},
			'A date each working day, Monday to Friday, 9 usual days without any row; breaks of up to 4 days are usual.'
		],
		[
			{ frequency: 'every day', weekdays: [], holidays: 0, longest_break: 1 },
			'A date every day, no usual day without a row; breaks of up to 1 day are usual.'
		],
		[{ frequency: 'weeks', weekdays: [4], longest_break: 0 }, 'A date each week, on Friday.'],
		[
			{ frequency: 'irregular', weekdays: [], holidays: 0, longest_break: 60 },
			'Dates follow no rhythm; breaks of up to 60 days are usual.'
		],
		[{ frequency: 'quarters', longest_break: 0 }, 'Frequency: quarters.']
	])('%j', (more, text) => {
		expect(calendarText(calendar(more))).toBe(text);
	});
	it('counts what the locked dates hold and shows none of it', () => {
		expect(lockedText({})).toBe('');
		expect(lockedText({ gap: 2, bad_print: 1200 })).toBe(
			'; the locked dates, which are not shown, would add 1,200 bad print, 2 gap'
		);
	});
	it('names days that do not follow one another', () => {
		expect(weekdayText([6, 0, 1, 2, 3])).toBe('Monday, Tuesday, Wednesday, Thursday, Sunday');
		expect(weekdayText([0, 1])).toBe('Monday, Tuesday');
	});
});
