/** What the user says about a file, and what each column of it is used as: one thing, two views. */
import type { ColumnPreview, Derived, ImportOptions, Preview, Role } from './types.ts';

/** Columns the engine takes for costs and for membership by their name alone. */
const COSTS = ['commission_bps', 'half_spread_bps', 'impact_bps'] as const;
const MEMBERS = ['universe', 'in_universe', 'member'];
const SINGLE = ['date', 'symbol', 'price', 'universe'] as const;
/** They change which columns there are: answers about columns fall with them. */
const STRUCTURE: readonly (keyof ImportOptions)[] = [
	'layout',
	'header',
	'sheet',
	'encoding',
	'separator'
];
const ABOUT_COLUMNS: readonly (keyof ImportOptions)[] = [
	...SINGLE,
	'categories',
	'ignore',
	'rename',
	'value',
	'currency'
];

export const ROLES: { value: Role; label: string }[] = [
	{ value: 'date', label: 'Date' },
	{ value: 'symbol', label: 'Symbol' },
	{ value: 'price', label: 'Price' },
	{ value: 'feature', label: 'Feature' },
	{ value: 'category', label: 'Category' },
	{ value: 'universe', label: 'Universe' },
	{ value: 'commission_bps', label: 'Commission, bps' },
	{ value: 'half_spread_bps', label: 'Half spread, bps' },
	{ value: 'impact_bps', label: 'Impact, bps' },
	{ value: 'ignore', label: 'Ignore' }
];
const FIT: Record<ColumnPreview['kind'], readonly Role[]> = {
	number: ROLES.map(({ value }) => value),
	text: ['date', 'symbol', 'category', 'ignore'],
	date: ['date', 'ignore'],
	truth: ['feature', 'universe', 'category', 'ignore'],
	nested: ['ignore'],
	empty: ['ignore']
};

/** What a column is renamed to; names are the file's, "constructor" is none of an object's. */
const newName = (options: ImportOptions, name: string): string | undefined =>
	Object.hasOwn(options.rename ?? {}, name) ? options.rename?.[name] : undefined;
const notNamed = (options: ImportOptions, name: string): Record<string, string> =>
	Object.fromEntries(Object.entries(options.rename ?? {}).filter(([key]) => key !== name));

const isCost = (role: string): role is (typeof COSTS)[number] =>
	(COSTS as readonly string[]).includes(role);

const WIDE: typeof ROLES = [
	{ value: 'date', label: 'Date' },
	{ value: 'feature', label: 'One symbol' },
	{ value: 'ignore', label: 'Ignore' }
];

/** The roles a column can be given, its own first when it is none of them. */
export function rolesFor(
	{ kind, role }: Pick<ColumnPreview, 'kind' | 'role'>,
	layout: Preview['layout'] = 'long'
): typeof ROLES {
	if (layout === 'wide' && WIDE.some(({ value }) => value === role)) return WIDE;
	const fit = ROLES.filter(({ value }) => value === role || FIT[kind].includes(value));
	return role === 'refused' ? [{ value: 'refused', label: 'Cannot be used' }, ...fit] : fit;
}

/** The options without what is empty, so that equal answers are equal texts. */
export function tidy(options: ImportOptions): ImportOptions {
	const kept = Object.entries(options).filter(([, value]) => {
		if (value === null || value === undefined || value === '') return false;
		return typeof value === 'object' ? Object.keys(value).length > 0 : true;
	});
	return Object.fromEntries(kept);
}

/** The options with one changed; null takes the answer back. */
export function withOption<K extends keyof ImportOptions>(
	options: ImportOptions,
	name: K,
	value: ImportOptions[K] | null
): ImportOptions {
	const gone = STRUCTURE.includes(name) ? ABOUT_COLUMNS : [];
	const rest = Object.entries(options).filter(([key]) => !gone.includes(key as never));
	return tidy({ ...Object.fromEntries(rest), [name]: value });
}

const without = (list: readonly string[] | undefined, name: string): string[] =>
	(list ?? []).filter((each) => each !== name);

/** The options after everything said about the use of a column is taken back. */
function forgotten(options: ImportOptions, name: string): ImportOptions {
	const next: ImportOptions = { ...options };
	for (const role of SINGLE) if (next[role] === name) next[role] = null;
	const called = newName(options, name);
	const rename = notNamed(options, name);
	return {
		...next,
		categories: without(options.categories, name),
		ignore: without(options.ignore, name),
		rename: called === undefined || isCost(called) ? rename : { ...rename, [name]: called }
	};
}

/** A name that carries no meaning of its own to the engine. */
const plainName = (name: string): string =>
	isCost(name) || MEMBERS.includes(name) ? `${name}_value` : name;

/** The options that make `column` be used as `role`. */
export function withRole(options: ImportOptions, column: string, role: Role): ImportOptions {
	const next = forgotten(options, column);
	const called = newName(next, column) ?? column;
	if (role === 'category') next.categories = [...(next.categories ?? []), column];
	else if (role === 'ignore') next.ignore = [...(next.ignore ?? []), column];
	else if (isCost(role)) next.rename = { ...next.rename, [column]: role };
	else if (role === 'feature' && plainName(called) !== called)
		next.rename = { ...next.rename, [column]: plainName(called) };
	else if (role !== 'feature' && role !== 'refused') next[role] = column;
	return tidy(next);
}

/** What a column is called in the data set. */
export const calledIn = (options: ImportOptions, { name, becomes }: ColumnPreview): string =>
	newName(options, name) ?? becomes;

/** The options that give a column another name in the data set; its own takes the answer back. */
export function withName(options: ImportOptions, column: string, name: string): ImportOptions {
	const rest = notNamed(options, column);
	const wanted = name.trim();
	const rename = wanted && wanted !== column ? { ...rest, [column]: wanted } : rest;
	return tidy({ ...options, rename });
}

/** The options with a standard column computed, or not. */
export function withDerived(options: ImportOptions, name: Derived, wanted: boolean): ImportOptions {
	const rest = (options.derive ?? []).filter((each) => each !== name);
	return tidy({ ...options, derive: wanted ? [...rest, name] : rest });
}
