/** What an expression can be made of, and how each word is written and told. */
import type { FeatureInfo, Primitive, PrimitiveParam } from '#lib/api/client.ts';

export interface Words {
	/** By name and by every alias. */
	operators: ReadonlyMap<string, Primitive>;
	/** Columns an operator can read, and categories. */
	columns: ReadonlyMap<string, FeatureInfo>;
	primitives: readonly Primitive[];
	/** The symbols of the data set, fetched when somebody wants to write one. */
	symbols: () => Promise<readonly string[]>;
}

/** Names the grammar keeps for itself. */
export const KEYWORDS: readonly string[] = ['and', 'or', 'not'];
const RESERVED = new Set([...KEYWORDS, 'feat']);
const PLAIN = /^[\p{L}_][\p{L}\p{N}_]*$/u;

export function wordsOf(
	primitives: readonly Primitive[],
	columns: readonly FeatureInfo[] = [],
	symbols: Words['symbols'] = () => Promise.resolve([])
): Words {
	return {
		primitives,
		symbols,
		operators: new Map(primitives.flatMap((p) => [p.name, ...p.aliases].map((name) => [name, p]))),
		columns: new Map(columns.map((c) => [c.name, c]))
	};
}

export const NO_WORDS: Words = wordsOf([]);

export const isCategory = (column: FeatureInfo): boolean => column.kind === 'category';

/** The name between quotation marks, with what stands in its way escaped. */
export const quoted = (name: string, quote = '"'): string =>
	quote + name.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;

export const isPlain = (name: string): boolean => PLAIN.test(name);

/** A column as it is written outside a call of feat: bare where its name allows. */
export const columnText = (name: string): string =>
	isPlain(name) && !RESERVED.has(name) ? name : `feat(${quoted(name)})`;

/** A canonical text as one would type it: columns stand without feat(...) where their names allow. */
export const readable = (canonical: string): string =>
	canonical.replaceAll(/feat\("((?:[^"\\]|\\[^])*)"\)/g, (_call, name: string) =>
		columnText(name.replaceAll(/\\([^])/g, '$1'))
	);

/** All that a call may be given: parameters in their order, then options. */
export const argumentsOf = (p: Primitive): PrimitiveParam[] => [...p.params, ...p.options];

/** The argument at a place in a call, or of a name; undefined where there is none. */
export function argumentOf(p: Primitive, index: number, name?: string): PrimitiveParam | undefined {
	if (name !== undefined) {
		const known = p.keywords[name] ?? name;
		return argumentsOf(p).find((param) => param.name === known);
	}
	return p.open ? p.params[Math.min(index, p.params.length - 1)] : argumentsOf(p)[index];
}

/** Whether an argument takes a plain number only. */
export const isLiteral = ({ kind }: PrimitiveParam): boolean => kind === 'int' || kind === 'number';

/** An operator with a sign, written with it: "x + y", "not x". */
export function infixForm({ infix, params }: Primitive): string | null {
	if (!infix) return null;
	const [x, y] = params.map(({ name }) => name);
	if (y) return `${x} ${infix} ${y}`;
	return infix + (/\w/.test(infix) ? ' ' : '') + x;
}

/** The first sentence. */
export const firstSentence = (text: string): string => /^[^]*?\.(?=\s|$)/.exec(text)?.[0] ?? text;

/** What an argument must be: "a whole number from 1 to 2520". */
export function bounds(p: PrimitiveParam): string {
	const nouns = {
		series: p.condition
			? 'a condition'
			: p.constant
				? 'an expression or a number'
				: 'an expression',
		category: 'a category column',
		symbol: 'a symbol between quotation marks',
		int: 'a whole number',
		number: 'a number'
	};
	const within = p.low === null || p.high === null ? '' : ` from ${p.low} to ${p.high}`;
	return nouns[p.kind] + within;
}

/** The words that may stand for the numbers of an argument: "0 = no, 1 = yes" names two. */
export const wordsFor = ({ doc }: PrimitiveParam): { word: string; value: number }[] =>
	[...doc.matchAll(/(\d+) = (\w+)/g)].map(([, value, word]) => ({ word, value: Number(value) }));

const DAYS = [5, 10, 20, 60, 120, 252];

/** Numbers people give for an argument, in order. */
export function usuals(p: PrimitiveParam): number[] {
	const named = wordsFor(p).map(({ value }) => value);
	const some = p.typical.length ? p.typical : p.doc === 'trading days' ? DAYS : named;
	const all = [...new Set([...some, ...(p.default === null ? [] : [p.default])])];
	const within = (v: number) => v >= (p.low ?? -Infinity) && v <= (p.high ?? Infinity);
	return all.filter(within).sort((a, b) => a - b);
}

/** A number that makes sense for an argument. */
export function usual(p: PrimitiveParam): number {
	if (p.typical.length) return p.typical[Math.floor(p.typical.length / 2)];
	if (p.default !== null) return p.default;
	if (p.doc === 'trading days') return Math.min(20, p.high ?? 20);
	return p.low !== null && p.high !== null && p.high - p.low <= 1
		? (p.low + p.high) / 2
		: Math.max(p.low ?? 1, 1);
}

/** The value of an argument in text that is to be filled in: its name, or a sensible number. */
function stub(param: PrimitiveParam, words: Words): string {
	if (isLiteral(param)) return String(usual(param));
	if (param.kind === 'symbol') return '"symbol"';
	if (param.kind === 'category')
		return [...words.columns.values()].find(isCategory)?.name ?? param.name;
	return param.name;
}

/** A call with a tab stop for each argument that must be given. */
export const callTemplate = (p: Primitive, words: Words): string =>
	`${p.name}(${p.params
		.filter(({ default: given }) => given === null)
		// Numbered, or a number would be taken for one.
		.map((param, i) => `\${${i + 1}:${stub(param, words).replaceAll(/[{}]/g, '')}}`)
		.join(', ')})`;

const PRICES = [/^(adj_?)?close$/i, /adj.*close|close.*adj/i, /^c_|_adj$|price|close|px/i];

/** The column that is most likely the price. */
export function priceOf(columns: readonly FeatureInfo[]): FeatureInfo | undefined {
	for (const likely of PRICES) {
		const found = columns.find((c) => likely.test(c.name));
		if (found) return found;
	}
	return columns.find((c) => c.domain === 'price') ?? columns[0];
}

const PRICELIKE = /(^|_)(open|high|low|vwap)(_|$)|^[ohl]_/i;

/** Columns by how well they go with a price, for a call that mixes some. */
function akin(columns: readonly FeatureInfo[], price: FeatureInfo): FeatureInfo[] {
	const others = columns.filter((c) => c !== price);
	const like = (c: FeatureInfo) => PRICELIKE.test(c.name);
	return [price, ...others.filter(like), ...others.filter((c) => !like(c))];
}

/** A call that can be tried at once on what there is; null where something is lacking. */
export function callExample(p: Primitive, words: Words, symbol?: string): string | null {
	const usable = [...words.columns.values()].filter((c) => c.usable);
	const numeric = usable.filter((c) => !isCategory(c));
	const price = priceOf(numeric);
	if (!price) return null;
	const series = akin(numeric, price).map((c) => columnText(c.name));
	const named = new Set(numeric.map((c) => c.name));
	let next = 0;
	const written = p.params
		.filter((param) => param.default === null)
		.map((param) => {
			if (param.kind === 'category') return usable.find(isCategory)?.name ?? null;
			if (param.kind === 'symbol') return symbol === undefined ? null : quoted(symbol);
			if (param.kind !== 'series') return stub(param, words);
			const column = named.has(param.name) ? param.name : series[next++ % series.length];
			return param.condition ? `${column} > ts_mean(${column}, 20)` : column;
		});
	return written.includes(null) ? null : `${p.name}(${written.join(', ')})`;
}

/** "price, 98.7% of values" */
export const columnDetail = (c: FeatureInfo): string =>
	`${isCategory(c) ? 'category' : c.domain}, ${(c.coverage * 100).toFixed(1)}%`;
