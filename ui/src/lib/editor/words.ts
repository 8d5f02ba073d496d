/** What an expression can be made of, and how each word is written and told. */
import type { FeatureInfo, Primitive, PrimitiveParam } from '#lib/api/client.ts';

export interface Words {
	/** By name and by every alias. */
	operators: ReadonlyMap<string, Primitive>;
	/** Columns an operator can read, and categories. */
	columns: ReadonlyMap<string, FeatureInfo>;
	primitives: readonly Primitive[];
}

/** Names the grammar keeps for itself. */
export const KEYWORDS: readonly string[] = ['and', 'or', 'not'];
const RESERVED = new Set([...KEYWORDS, 'feat']);
const PLAIN = /^[\p{L}_][\p{L}\p{N}_]*$/u;

export const NO_WORDS: Words = { operators: new Map(), columns: new Map(), primitives: [] };

export function wordsOf(
	primitives: readonly Primitive[],
	columns: readonly FeatureInfo[] = []
): Words {
	return {
		primitives,
		operators: new Map(primitives.flatMap((p) => [p.name, ...p.aliases].map((name) => [name, p]))),
		columns: new Map(columns.map((c) => [c.name, c]))
	};
}

export const isCategory = (column: FeatureInfo): boolean => column.kind === 'category';

/** The name between quotation marks, with what stands in its way escaped. */
export const quoted = (name: string, quote = '"'): string =>
	quote + name.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`) + quote;

/** A column as it is written outside a call of feat: bare where its name allows. */
export const columnText = (name: string): string =>
	PLAIN.test(name) && !RESERVED.has(name) ? name : `feat(${quoted(name)})`;

export interface SignaturePart {
	/** The argument's name; for one that may be left out "name=default". */
	text: string;
	param: PrimitiveParam;
}

/** The arguments as they are written in the signature, the last one repeatable in a variadic. */
export const signatureParts = (p: Primitive): SignaturePart[] =>
	p.params.map((param) => ({
		text: param.default === null ? param.name : `${param.name}=${param.default}`,
		param
	}));

export const isVariadic = (p: Primitive): boolean => p.signature.includes('...');

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
	if (param.kind === 'int' || param.kind === 'number') return String(usual(param));
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

/** A call that can be tried at once on the columns there are; null where one is lacking. */
export function callExample(p: Primitive, words: Words): string | null {
	const usable = [...words.columns.values()].filter((c) => c.usable);
	const numeric = usable.filter((c) => !isCategory(c));
	const price = priceOf(numeric);
	if (!price) return null;
	const series = [price, ...numeric.filter((c) => c !== price)].map((c) => columnText(c.name));
	let next = 0;
	const written = p.params
		.filter((param) => param.default === null)
		.map((param) => {
			if (param.kind === 'category') return usable.find(isCategory)?.name ?? null;
			if (param.kind !== 'series') return stub(param, words);
			const column = series[next++ % series.length];
			return param.condition ? `${column} > ts_mean(${column}, 20)` : column;
		});
	return written.includes(null) ? null : `${p.name}(${written.join(', ')})`;
}

/** "price, 98.7% of values" */
export const columnDetail = (c: FeatureInfo): string =>
	`${isCategory(c) ? 'category' : c.domain}, ${(c.coverage * 100).toFixed(1)}%`;
