import { expect, it } from 'vitest';
import { category, column, days, operator, param } from '#lib/editor/samples.ts';
import { columnGroups, itemOf, linesOf, operatorGroups, rank, search, titleAt } from './items.ts';

const mean = operator('ts_mean', [param('x'), days()], {
	aliases: ['sma'],
	help: 'Mean of the last d days, today included.\n\nMore.'
});
const zscore = operator('cs_zscore', [param('x')], {
	axis: 'cross',
	help: 'Distance from the mean.'
});
const operators = operatorGroups([zscore, mean]);
const columns = columnGroups([
	column('close'),
	category('sector'),
	column('pe', { domain: 'value' })
]);
const names = (groups: typeof operators) =>
	groups.map(({ title, items }) => [title, ...items.map(({ name }) => name)]);

it('groups columns by domain and operators by axis, in the order of the manual', () => {
	expect(names(columns)).toEqual([
		['Price', 'close'],
		['Categories', 'sector'],
		['Value', 'pe']
	]);
	expect(names(operators)).toEqual([
		['Over time, per symbol', 'ts_mean'],
		['Across symbols, per date', 'cs_zscore']
	]);
});

it('finds by name, alias and description, the best first', () => {
	const item = operators[0].items[0];
	expect(['sma', 'ts_', 'mean', 'today', 'nothing'].map((q) => rank(item, q))).toEqual([
		5, 4, 3, 1, 0
	]);
	expect(names(search(operators, 'distance'))).toEqual([['Across symbols, per date', 'cs_zscore']]);
	expect(names(search(operators, 'mean')).map(([title]) => title)).toEqual([
		'Over time, per symbol',
		'Across symbols, per date'
	]);
	expect(search(operators, '')).toEqual(operators);
});

it('knows items by key, name and alias', () => {
	const all = [...operators, ...columns];
	expect(itemOf(all, 'column:close')?.name).toBe('close');
	expect(itemOf(all, 'sma')?.key).toBe('operator:ts_mean');
	expect(itemOf(all, 'gone')).toBeNull();
	expect(itemOf(all, null)).toBeNull();
});

it('is one list of lines, titles among them', () => {
	const lines = linesOf(columns);
	const items = lines.filter((line) => 'item' in line);
	expect(items.map((line) => line.at)).toEqual(items.map((_, i) => i));
	expect(lines.length).toBe(items.length + columns.length);
	expect(titleAt(lines, 1)?.title).toBe(columns[0].title);
	expect(titleAt(lines, 1000)?.title).toBe(columns[columns.length - 1].title);
	expect(titleAt([], 0)).toBeNull();
});
