/** What the user decides about the columns of a data set, as a form. */
import type { FeatureInfo } from '#lib/api/client.ts';
import { isCategory } from '#lib/editor/words.ts';
import type { CatalogRules, DatasetSettings } from '#lib/features/quality/types.ts';

export const DEFAULTS: CatalogRules = {
	min_coverage: 0.05,
	min_distinct: 3,
	min_levels: 2,
	max_stale: 0.999,
	likeness: 0.98,
	ignore: []
};

export interface Form {
	rules: Omit<CatalogRules, 'ignore'>;
	/** One name or pattern a line. */
	ignore: string;
	/** By domain; null where the domain's own lag holds. */
	lags: Record<string, number | null>;
}

const MOST_LAG = 2520;
const MOST_PATTERNS = 1000;
const LONGEST = 200;

export function formOf(settings: DatasetSettings, domains: readonly string[]): Form {
	const { ignore, ...rules } = settings.rules;
	const set = settings.domain_lags;
	const names = [...new Set([...domains, ...Object.keys(set)])];
	return {
		rules: { ...rules },
		ignore: ignore.join('\n'),
		lags: Object.fromEntries(names.map((name) => [name, set[name] ?? null]))
	};
}

export const patternsOf = (text: string): string[] => [
	...new Set(
		text
			.split('\n')
			.map((line) => line.trim())
			.filter(Boolean)
	)
];

/** What is sent; a field of its own range cannot hold anything else. */
export const settingsOf = (form: Form): DatasetSettings => ({
	rules: { ...form.rules, ignore: patternsOf(form.ignore) },
	domain_lags: Object.fromEntries(
		Object.entries(form.lags).filter((entry): entry is [string, number] => entry[1] !== null)
	)
});

/** What is wrong, by field; nothing when it can be sent. */
export function problemsOf(form: Form): Record<string, string> {
	const found: Record<string, string> = {};
	for (const name of ['min_coverage', 'max_stale', 'likeness'] as const)
		if (!(form.rules[name] >= 0 && form.rules[name] <= 1))
			found[name] = 'Give a share from 0% to 100%.';
	for (const name of ['min_distinct', 'min_levels'] as const)
		if (!(Number.isInteger(form.rules[name]) && form.rules[name] >= 0))
			found[name] = 'Give a whole number from 0 on.';
	const patterns = patternsOf(form.ignore);
	if (patterns.length > MOST_PATTERNS)
		found.ignore = `At most ${MOST_PATTERNS} lines are possible; a pattern such as macro_* stands for many columns.`;
	else if (patterns.some((p) => p.length > LONGEST))
		found.ignore = `A line is longer than ${LONGEST} characters.`;
	for (const [domain, lag] of Object.entries(form.lags))
		if (lag !== null && !(Number.isInteger(lag) && lag >= 0 && lag <= MOST_LAG))
			found[`lag ${domain}`] = `Give a whole number of dates from 0 to ${MOST_LAG}.`;
	return found;
}

/** The parts of a pattern between its stars, as sources of regular expressions of fixed length. */
function pieces(pattern: string): string[] {
	const found = [''];
	for (let i = 0; i < pattern.length; i++) {
		const char = pattern[i];
		const end = char === '[' ? pattern.indexOf(']', i + (pattern[i + 1] === '!' ? 3 : 2)) : -1;
		if (char === '*') found.push('');
		else if (char === '?') found[found.length - 1] += '.';
		else if (end > 0) {
			const inside = pattern.slice(i + 1, end).replaceAll(/[\\\]^[]/g, '\\$&');
			found[found.length - 1] += `[${inside.replace(/^!/, '^')}]`;
			i = end;
		} else found[found.length - 1] += char.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
	}
	return found;
}

/** Whether a name fits a pattern as file names know it: * any text, ? one character, [ab] one of some.
 *
 * Each part is looked for after the one before, so that many stars take no longer than few. */
export function matcher(pattern: string): (name: string) => boolean {
	const parts = pieces(pattern);
	const last = parts.length - 1;
	try {
		const all = parts.map(
			(part, i) => new RegExp(`${i ? '' : '^'}(?:${part})${i === last ? '$' : ''}`, 'gsu')
		);
		return (name) => {
			let at = 0;
			return all.every((part) => {
				part.lastIndex = at;
				const fits = part.test(name);
				at = part.lastIndex;
				return fits;
			});
		};
	} catch {
		return () => false; // a range that runs backwards
	}
}

/** The columns that a list of names and patterns leaves out. */
export function ignored(text: string, columns: readonly FeatureInfo[]): string[] {
	const all = patternsOf(text).map(matcher);
	return columns.filter(({ name }) => all.some((fits) => fits(name))).map(({ name }) => name);
}

/** Domains of columns whose values are numbers, in their order. */
export const domainsOf = (columns: readonly FeatureInfo[]): string[] => [
	...new Set(columns.filter((c) => !isCategory(c)).map((c) => c.domain))
];
