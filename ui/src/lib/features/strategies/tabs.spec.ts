import { describe, expect, it } from 'vitest';
import { readDay, readTab, tabSearch } from './tabs.ts';

const of = (text: string) => new URLSearchParams(text);

describe('the address of a tab', () => {
	it('names all but the first', () =>
		expect([readTab(of('')), readTab(of('tab=luck')), readTab(of('tab=nothing'))]).toEqual([
			'overview',
			'luck',
			'overview'
		]));
	it('keeps the run, and the day only where one is explained', () =>
		expect([
			tabSearch(of('run=abc'), 'luck'),
			tabSearch(of('run=abc&tab=luck'), 'overview'),
			tabSearch(of('run=abc'), 'explain', '2020-01-02'),
			tabSearch(of('tab=explain&date=2020-01-02'), 'explain'),
			tabSearch(of('tab=explain&date=2020-01-02'), 'holdings')
		]).toEqual([
			'?run=abc&tab=luck',
			'?run=abc',
			'?run=abc&tab=explain&date=2020-01-02',
			'?tab=explain&date=2020-01-02',
			'?tab=holdings'
		]));
	it('takes only days for days', () =>
		expect(['2020-01-02', '2020-13-45', 'now', ''].map((d) => readDay(of(`date=${d}`)))).toEqual([
			'2020-01-02',
			undefined,
			undefined,
			undefined
		]));
});
