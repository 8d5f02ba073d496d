import { describe, expect, it } from 'vitest';
import type { FeatureInfo } from '#lib/api/client.ts';
import { lagText, levelsOf, moments, namedYears, presence, quantiles, yearsText } from './facts.ts';

const column = (more: Partial<FeatureInfo> = {}): FeatureInfo => ({
	name: 'close',
	kind: 'feature',
	domain: 'price',
	dtype: 'number',
	lag: 0,
	coverage: 0.9,
	coverage_overall: 0.8,
	first_date: '2019-01-02',
	last_date: '2020-12-30',
	mean: 12.3456789,
	sd: 1,
	variance: 1,
	min: -1,
	max: null,
	distinct: 1234,
	levels: [],
	usable: true,
	reason: null,
	years: [],
	missing: 0.1,
	quantiles: { p50: 2, p01: 1 },
	histogram: null,
	level_counts: [],
	stale_share: 0.25,
	days_since_change: 1,
	near_duplicates: [],
	derived: null,
	...more
});
const texts = (facts: { name: string; text: string }[]) => facts.map((f) => `${f.name}: ${f.text}`);

describe('what is known of a column', () => {
	it('says the middle and the spread of numbers, not of categories', () => {
		expect(texts(moments(column()))).toEqual([
			'Mean: 12.346',
			'Standard deviation: 1',
			'Smallest: −1',
			'Largest: —'
		]);
		expect(moments(column({ kind: 'category', dtype: 'category' }))).toEqual([]);
	});
	it('lists the quantiles there are, in order', () => {
		expect(texts(quantiles(column()))).toEqual(['1%: 1', 'Median: 2']);
	});
	it('says when there are values and how they change', () => {
		expect(texts(presence(column()))).toEqual([
			'First value: 2019-01-02',
			'Last value: 2020-12-30',
			'Missing: 10.00%',
			'Distinct values: 1,234',
			'Unchanged: 25.0%',
			'Since the last change: 1 date'
		]);
		const none = presence(column({ stale_share: null, days_since_change: null }));
		expect(texts(none).slice(-2)).toEqual(['Unchanged: —', 'Since the last change: —']);
	});
	it('counts levels, the commonest first', () => {
		expect(levelsOf(column({ levels: ['a', 'b', 'c'], level_counts: [1, 3] }))).toEqual([
			{ name: 'b', count: 3, share: 0.75 },
			{ name: 'a', count: 1, share: 0.25 },
			{ name: 'c', count: 0, share: 0 }
		]);
	});
	it('tells the years', () => {
		const years = [2018, 2019, 2020].map((year, i) => ({ year, coverage: [0.5, 0.1, 1][i] }));
		expect(yearsText(years)).toBe('2018 50.0%, 2020 100.0%; least in 2019, 10.0%.');
		expect(yearsText(years.slice(0, 1))).toBe('2018 50.0%.');
		expect(yearsText([years[2], { year: 2021, coverage: 0.9999 }])).toBe('100.0% in every year.');
		expect(yearsText([])).toBe('No year has a value.');
		expect([...namedYears(years, 2)]).toEqual([2018, 2020]);
		expect([...namedYears(years, 9)]).toEqual([2018, 2019, 2020]);
	});
	it('says how late it is known', () => {
		expect([lagText(0), lagText(1)]).toEqual([
			'on its own date',
			'1 date after the date it is for'
		]);
	});
});
