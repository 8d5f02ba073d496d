import { describe, expect, it } from 'vitest';
import { asked, isNarrowed, readQuery, searchOf, type ListQuery } from './list-query.ts';

const all: ListQuery = { q: '', filter: '', order: '-ann_sharpe', dataset: '', job: '' };
const some: ListQuery = {
	q: 'lag "x"&y',
	filter: 'ann_sharpe>1 and max_dd>-0.2',
	order: 'max_dd,-ann_return',
	dataset: 'ecb fx',
	job: 'job_1'
};

describe('the address of the list', () => {
	it('says nothing for the list as found at first', () => expect(searchOf(all)).toBe(''));
	it('brings back what it says', () =>
		expect([
			readQuery(new URLSearchParams(searchOf(some))),
			readQuery(new URLSearchParams())
		]).toEqual([some, all]));
	it('keeps of an order what can be ordered by', () =>
		expect(
			['', 'expr', '-max_dd, -expr,created_at', 'toString', '--n'].map(
				(order) => readQuery(new URLSearchParams({ order })).order
			)
		).toEqual(['-ann_sharpe', '-ann_sharpe', '-max_dd,created_at', '-ann_sharpe', '-ann_sharpe']));
	it('forgives blanks and an empty order', () =>
		expect(readQuery(new URLSearchParams('?q=%20a%20&order='))).toEqual({ ...all, q: 'a' }));
});

describe('the question', () => {
	it('leaves out what is empty', () =>
		expect([asked(all), asked(some)]).toEqual([{ order: '-ann_sharpe' }, some]));
	it('knows whether anything is left out', () =>
		expect([isNarrowed(all), isNarrowed({ ...all, order: 'n' }), isNarrowed(some)]).toEqual([
			false,
			false,
			true
		]));
});
