import { describe, expect, it } from 'vitest';
import {
	calledIn,
	rolesFor,
	tidy,
	withDerived,
	withName,
	withOption,
	withRole
} from './options.ts';
import { column } from './samples.ts';
import type { ImportOptions, Role } from './types.ts';

const values = (list: { value: Role }[]) => list.map(({ value }) => value);

describe('rolesFor', () => {
	it('offers what a kind of cell can be', () => {
		expect(values(rolesFor({ kind: 'number', role: 'feature' }))).toHaveLength(10);
		expect(values(rolesFor({ kind: 'text', role: 'category' }))).toEqual([
			'date',
			'symbol',
			'category',
			'ignore'
		]);
		expect(values(rolesFor({ kind: 'empty', role: 'ignore' }))).toEqual(['ignore']);
	});
	it('knows that a column of a wide file is a symbol', () => {
		expect(rolesFor({ kind: 'text', role: 'feature' }, 'wide').map(({ label }) => label)).toEqual([
			'Date',
			'One symbol',
			'Ignore'
		]);
		expect(values(rolesFor({ kind: 'nested', role: 'refused' }, 'wide'))[0]).toBe('refused');
	});
	it('keeps the role a column has', () => {
		expect(values(rolesFor({ kind: 'nested', role: 'refused' }))).toEqual(['refused', 'ignore']);
		expect(values(rolesFor({ kind: 'text', role: 'price' }))).toContain('price');
	});
});

describe('withRole', () => {
	it('names one column of a role that is unique', () => {
		expect(withRole({ price: 'open' }, 'close', 'price')).toEqual({ price: 'close' });
		expect(withRole({}, 'when', 'date')).toEqual({ date: 'when' });
	});
	it('takes back what was said before', () => {
		const ignored = withRole({ categories: ['sector'] }, 'sector', 'ignore');
		expect(ignored).toEqual({ ignore: ['sector'] });
		expect(withRole(ignored, 'sector', 'category')).toEqual({ categories: ['sector'] });
		expect(withRole({ date: 'x', ignore: ['y'] }, 'x', 'feature')).toEqual({ ignore: ['y'] });
	});
	it('tells costs by their name, and back', () => {
		const cost = withRole({ rename: { a: 'b' } }, 'fee', 'commission_bps');
		expect(cost).toEqual({ rename: { a: 'b', fee: 'commission_bps' } });
		expect(withRole(cost, 'fee', 'feature')).toEqual({ rename: { a: 'b' } });
	});
	it('makes a feature of what its name says is something else', () => {
		expect(withRole({}, 'member', 'feature')).toEqual({ rename: { member: 'member_value' } });
		expect(withRole({}, 'impact_bps', 'feature').rename).toEqual({
			impact_bps: 'impact_bps_value'
		});
	});
	it('keeps a new name through a change of role', () => {
		expect(withRole({ rename: { c: 'close' } }, 'c', 'price')).toEqual({
			price: 'c',
			rename: { c: 'close' }
		});
	});
	it('knows names that mean something to objects', () => {
		const options = withRole({}, '__proto__', 'ignore');
		expect(options).toEqual({ ignore: ['__proto__'] });
		expect(JSON.stringify(withName({}, '__proto__', 'p'))).toBe('{"rename":{"__proto__":"p"}}');
		expect(withName(withName({}, '__proto__', 'p'), '__proto__', '')).toEqual({});
		expect(calledIn({}, column('constructor'))).toBe('constructor');
		expect(calledIn({ rename: { a: 'b' } }, column('a'))).toBe('b');
	});
});

describe('withName', () => {
	it('renames, and takes it back', () => {
		const renamed = withName({}, 'Stängning', ' close ');
		expect(renamed).toEqual({ rename: { Stängning: 'close' } });
		expect(withName(renamed, 'Stängning', '')).toEqual({});
		expect(withName(renamed, 'Stängning', 'Stängning')).toEqual({});
	});
});

describe('withOption', () => {
	it('answers and takes back', () => {
		expect(withOption({}, 'date_order', 'dmy')).toEqual({ date_order: 'dmy' });
		expect(withOption({ date_order: 'dmy' }, 'date_order', null)).toEqual({});
		expect(withOption({}, 'header', false)).toEqual({ header: false });
	});
	it('forgets answers about columns when the columns change', () => {
		const before: ImportOptions = { date: 'd', ignore: ['x'], rename: { a: 'b' }, decimal: ',' };
		expect(withOption(before, 'separator', ';')).toEqual({ decimal: ',', separator: ';' });
	});
});

describe('withDerived', () => {
	it('adds and removes', () => {
		const both = withDerived(withDerived({}, 'returns', true), 'vwap', true);
		expect(both).toEqual({ derive: ['returns', 'vwap'] });
		expect(withDerived(withDerived(both, 'returns', false), 'vwap', false)).toEqual({});
	});
});

it('leaves out what says nothing', () => {
	expect(tidy({ date: null, ignore: [], rename: {}, price: '', periods_per_year: 12 })).toEqual({
		periods_per_year: 12
	});
});
