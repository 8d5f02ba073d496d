/** The words of the language as one list: columns by domain, operators by how they look around. */
import type { FeatureInfo, Primitive } from '#lib/api/client.ts';
import { firstSentence, isCategory } from '#lib/editor/words.ts';

export interface ColumnItem {
	kind: 'column';
	key: string;
	name: string;
	about: string;
	column: FeatureInfo;
}
export interface OperatorItem {
	kind: 'operator';
	key: string;
	name: string;
	about: string;
	operator: Primitive;
}
export type Item = ColumnItem | OperatorItem;
export interface Group {
	title: string;
	items: Item[];
}

const AXES: readonly [string, string][] = [
	['row', 'Same date and symbol'],
	['time', 'Over time, per symbol'],
	['cross', 'Across symbols, per date'],
	['group', 'Within groups, per date']
];
export const axisTitle = (axis: string): string =>
	AXES.find(([name]) => name === axis)?.[1] ?? axis;

export const columnItem = (column: FeatureInfo): ColumnItem => ({
	kind: 'column',
	key: `column:${column.name}`,
	name: column.name,
	about: column.usable ? '' : (column.reason ?? 'not usable'),
	column
});
export const operatorItem = (operator: Primitive): OperatorItem => ({
	kind: 'operator',
	key: `operator:${operator.name}`,
	name: operator.name,
	about: firstSentence(operator.help),
	operator
});

const titled = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Columns by domain, categories by themselves. */
export function columnGroups(columns: readonly FeatureInfo[]): Group[] {
	const groups = new Map<string, Item[]>();
	for (const column of columns) {
		const title = isCategory(column) ? 'Categories' : titled(column.domain);
		const items = groups.get(title);
		if (items) items.push(columnItem(column));
		else groups.set(title, [columnItem(column)]);
	}
	return [...groups].map(([title, items]) => ({ title, items }));
}

export const operatorGroups = (primitives: readonly Primitive[]): Group[] =>
	AXES.map(([axis, title]) => ({
		title,
		items: primitives.filter((p) => p.axis === axis).map(operatorItem)
	})).filter((group) => group.items.length > 0);

/** How well an item answers a search: 0 not at all, more is better. */
export function rank(item: Item, query: string): number {
	const wanted = query.trim().toLowerCase();
	if (!wanted) return 1;
	const names = [item.name, ...(item.kind === 'operator' ? item.operator.aliases : [])].map((n) =>
		n.toLowerCase()
	);
	if (names.includes(wanted)) return 5;
	if (names.some((n) => n.startsWith(wanted))) return 4;
	if (names.some((n) => n.includes(wanted))) return 3;
	const rest = item.kind === 'operator' ? item.operator.help : item.column.domain;
	const words = wanted.split(/\s+/);
	return words.every((word) => `${names.join(' ')} ${rest}`.toLowerCase().includes(word)) ? 1 : 0;
}

/** The groups with only what was searched for, the best first; empty ones are left out. */
export const search = (groups: readonly Group[], query: string): Group[] =>
	groups
		.map(({ title, items }) => ({ title, items: ranked(items, query) }))
		.filter(({ items }) => items.length > 0)
		.sort((a, b) => rank(b.items[0], query) - rank(a.items[0], query));

const ranked = (items: readonly Item[], query: string): Item[] =>
	items
		.map((item) => ({ item, score: rank(item, query) }))
		.filter(({ score }) => score > 0)
		.sort((a, b) => b.score - a.score)
		.map(({ item }) => item);

/** A line of the list: the title of a group, or an item with its place among all items. */
export type Line = { title: string; count: number } | { item: Item; at: number };

export function linesOf(groups: readonly Group[]): Line[] {
	const lines: Line[] = [];
	let at = 0;
	for (const { title, items } of groups) {
		lines.push({ title, count: items.length });
		for (const item of items) lines.push({ item, at: at++ });
	}
	return lines;
}

/** The title of the group that line `i` is in. */
export function titleAt(
	lines: readonly Line[],
	i: number
): { title: string; count: number } | null {
	for (let k = Math.min(i, lines.length - 1); k >= 0; k--) {
		const line = lines[k];
		if ('title' in line) return line;
	}
	return null;
}

/** The item an address means: "operator:lag", "column:close", or any name or alias. */
export function itemOf(groups: readonly Group[], key: string | null): Item | null {
	if (!key) return null;
	const all = groups.flatMap(({ items }) => items);
	return (
		all.find((item) => item.key === key) ??
		all.find(
			(item) =>
				item.name === key || (item.kind === 'operator' && item.operator.aliases.includes(key))
		) ??
		null
	);
}
