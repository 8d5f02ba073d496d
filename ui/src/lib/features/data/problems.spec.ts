import { describe, expect, it } from 'vitest';
import { deletion, nameHint, obstacle, outcome, periodsProblem } from './problems.ts';
import { dataset, preview, report } from './samples.ts';

describe('nameHint', () => {
	const there = [dataset({ name: 'omx', versions: 2, strategies: 1 })];
	it('says plainly when it becomes a new version', () => {
		expect(nameHint('omx', there)).toBe(
			'A data set of this name is there: other content becomes its version 3, the older ones and their 1 strategy are kept.'
		);
		expect(nameHint('omx', [dataset({ name: 'omx' })])).toContain('older versions are kept');
	});
	it('says little about a new name', () => {
		expect(nameHint('new', there)).toBe('How the data set is called in Kvant.');
	});
});

describe('periodsProblem', () => {
	it('takes what a year can have', () => {
		expect([252, 0.5, 12].map(periodsProblem)).toEqual([null, null, null]);
	});
	it('says what to write', () => {
		for (const bad of [0, -1, null, 1e9, Number.NaN]) expect(periodsProblem(bad)).toContain('252');
	});
});

describe('obstacle', () => {
	it('names the first thing in the way', () => {
		expect(obstacle(null, true)).toBe('The file is being read.');
		expect(obstacle(null, false)).toBe('Choose a file first.');
		const question = { option: 'date', message: '', choices: [], column: null };
		expect(obstacle(preview({ question }), false)).toContain('question');
		expect(obstacle(preview({ problem: 'No dates.' }), false)).toContain('as it is');
		expect(obstacle(preview({ report: report() }), false)).toBeNull();
	});
});

it('says what comes of it', () => {
	expect(outcome(report({ symbols: 1 }))).toBe(
		'1,200 rows: 1 symbol on 300 dates, 2020-01-02 to 2021-03-09'
	);
});

it('says what deleting means', () => {
	expect(deletion({ strategies: 0, versions: 1 })).toBe(
		'It goes from the list; the file it was made of is not touched.'
	);
	expect(deletion({ strategies: 1, versions: 3 })).toBe(
		'All its 3 versions go from the list; the file it was made of is not touched. Its 1 strategy and its results stay.'
	);
	expect(deletion({ strategies: 20, versions: 1 })).toContain('20 strategies and their results');
});
