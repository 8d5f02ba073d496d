/** What is known of a column, as lines to read. */
import type { FeatureInfo } from '#lib/api/client.ts';
import { isCategory } from '#lib/editor/words.ts';
import { compact, count, DASH, date, full, percent, plural } from '#lib/utils/format.ts';

export type YearCoverage = FeatureInfo['years'][number];

export interface Fact {
	name: string;
	text: string;
	/** Everything there is, on hover. */
	title?: string;
	help?: string;
}

const number = (name: string, value: number | null | undefined, help?: string): Fact => ({
	name,
	text: compact(value),
	title: full(value),
	help
});

/** "p05" -> "5% of the values are below" */
const QUANTILES: [key: string, name: string][] = [
	['p01', '1%'],
	['p05', '5%'],
	['p25', '25%'],
	['p50', 'Median'],
	['p75', '75%'],
	['p95', '95%'],
	['p99', '99%']
];

/** The middle and the spread; nothing for categories. */
export function moments(column: FeatureInfo): Fact[] {
	if (isCategory(column) || column.dtype === 'category') return [];
	return [
		number('Mean', column.mean),
		number('Standard deviation', column.sd),
		number('Smallest', column.min),
		number('Largest', column.max)
	];
}

export const quantiles = (column: FeatureInfo): Fact[] =>
	QUANTILES.filter(([key]) => column.quantiles[key] !== undefined).map(([key, name]) =>
		number(
			name,
			column.quantiles[key],
			name === 'Median' ? 'Half of the values are below.' : `${name} of the values are below.`
		)
	);

/** When there are values, and how often they change. */
export const presence = (column: FeatureInfo): Fact[] => [
	{ name: 'First value', text: date(column.first_date) },
	{ name: 'Last value', text: date(column.last_date) },
	{
		name: 'Missing',
		text: percent(column.missing, 2),
		title: full(column.missing),
		help: 'Share of the values there could be while a symbol has any.'
	},
	{ name: 'Distinct values', text: count(column.distinct) },
	{
		name: 'Unchanged',
		text: percent(column.stale_share, 1),
		title: full(column.stale_share),
		help: 'Share of values that equal the one of the date before.'
	},
	{
		name: 'Since the last change',
		text: column.days_since_change === null ? DASH : plural(column.days_since_change, 'date'),
		help: 'At the last date, in dates; the median over the symbols that are still there.'
	}
];

export interface Level {
	name: string;
	count: number;
	/** Of all cells that have a level. */
	share: number;
}

/** The levels of a category, the commonest first. */
export function levelsOf(column: FeatureInfo): Level[] {
	const counts = column.level_counts;
	const all = counts.reduce((sum, n) => sum + n, 0);
	return column.levels
		.map((name, i) => ({
			name,
			count: counts[i] ?? 0,
			share: all ? (counts[i] ?? 0) / all : 0
		}))
		.sort((a, b) => b.count - a.count);
}

/** What the coverage does over the years, for who cannot see the bars. */
export function yearsText(years: readonly YearCoverage[]): string {
	if (!years.length) return 'No year has a value.';
	const worst = years.reduce((a, b) => (b.coverage < a.coverage ? b : a));
	const [first, last] = [years[0], years[years.length - 1]];
	const ends = `${first.year} ${percent(first.coverage, 1)}, ${last.year} ${percent(last.coverage, 1)}`;
	if (years.length === 1) return `${first.year} ${percent(first.coverage, 1)}.`;
	const texts = new Set(years.map((y) => percent(y.coverage, 1)));
	return texts.size === 1
		? `${[...texts][0]} in every year.`
		: `${ends}; least in ${worst.year}, ${percent(worst.coverage, 1)}.`;
}

/** Years that are named under the bars, so that the names do not touch. */
export const namedYears = (years: readonly YearCoverage[], most: number): Set<number> => {
	const every = Math.max(1, Math.ceil(years.length / Math.max(1, most)));
	return new Set(years.filter((_, i) => (years.length - 1 - i) % every === 0).map((y) => y.year));
};

/** How late a column is known. */
export const lagText = (lag: number): string =>
	lag ? `${plural(lag, 'date')} after the date it is for` : 'on its own date';
