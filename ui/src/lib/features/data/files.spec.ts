import { describe, expect, it } from 'vitest';
import { ACCEPT, dropProblem, nameOf, nameProblem, refusal } from './files.ts';

describe('refusal', () => {
	it('takes what the engine reads', () => {
		for (const name of ['a.parquet', 'A.CSV', 'b.csv.gz', 'c.tsv', 'd.XLSX', 'e.feather', 'f.gz'])
			expect(refusal({ name, size: 10 })).toBeNull();
	});
	it('tells why not', () => {
		expect(refusal({ name: 'a.xls', size: 10 })).toContain('not a file Kvant reads');
		expect(refusal({ name: 'a.pdf', size: 10 })).toContain('not a file Kvant reads');
		expect(refusal({ name: 'a.csv', size: 0 })).toBe('a.csv is empty.');
		expect(refusal({ name: 'a.csv', size: 3e9 })).toContain('larger than 2 GB');
	});
	it('gives an input the last endings', () => {
		expect(ACCEPT).toBe('.parquet,.pq,.arrow,.feather,.ipc,.xlsx,.xlsm,.csv,.tsv,.txt,.gz');
	});
});

describe('nameOf', () => {
	it('is the stem, tidied', () => {
		expect(nameOf('prices 2020 (new).csv.gz')).toBe('prices_2020_new');
		expect(nameOf('.csv')).toBe('csv');
	});
});

describe('nameProblem', () => {
	it('leaves an empty name to the engine', () => expect(nameProblem('')).toBeNull());
	it('takes letters, digits and some signs', () => expect(nameProblem('ecb_fx-2.1')).toBeNull());
	it('refuses what the engine would', () => {
		for (const bad of ['-a', 'a b', 'a/b', 'x'.repeat(65), 'a.csv'])
			expect(nameProblem(bad)).not.toBeNull();
	});
});

describe('dropProblem', () => {
	it('takes one file', () => expect(dropProblem(1, false)).toBeNull());
	it('says what to do with several, and with a folder', () => {
		expect(dropProblem(3, false)).toContain('one file at a time');
		expect(dropProblem(1, true)).toContain('kvant import');
	});
});
