/** The numbers and settings of several strategies side by side. */
import type { Compared, StrategySummary } from '#lib/api/client.ts';
import { FIELDS, type ParamName } from '#lib/features/backtest/params.ts';
import { DASH, full, plural, ratio, type Maybe } from '#lib/utils/format.ts';
import { metricLabel, metricText, type MetricName } from '#lib/utils/metrics.ts';

export interface Cell {
	text: string;
	/** Everything there is, on hover. */
	full: string;
	/** No other strategy is better; several may be equal. */
	best: boolean;
}
export interface Row {
	key: string;
	label: string;
	/** What is better, in a word; "" where neither is. */
	better: 'higher' | 'lower' | '';
	cells: Cell[];
	/** At least two of the texts differ. */
	differs: boolean;
}

/** Which way is better; what is not here is neither good nor bad by itself. */
const BETTER: Partial<Record<MetricName | 'complexity_score', 'higher' | 'lower'>> = {
	ann_sharpe: 'higher',
	ann_return: 'higher',
	total_return: 'higher',
	ann_vol: 'lower',
	// Falls and losses are below zero: the higher number is the smaller loss.
	max_dd: 'higher',
	var_95: 'higher',
	cvar_95: 'higher',
	worst_day: 'higher',
	calmar: 'higher',
	sortino: 'higher',
	hit_rate: 'higher',
	skew: 'higher',
	tail_ratio: 'higher',
	profit_factor: 'higher',
	omega: 'higher',
	stability: 'higher',
	ulcer: 'lower',
	turnover: 'lower',
	cost_drag: 'lower',
	break_even_bps: 'higher',
	fitness: 'higher',
	margin: 'higher',
	complexity_score: 'lower'
};

/** Measured anew on the dates all of them have. */
export const ON_COMMON_DATES: readonly MetricName[] = [
	'ann_sharpe',
	'ann_return',
	'ann_vol',
	'max_dd',
	'total_return',
	'calmar',
	'sortino',
	'hit_rate',
	'var_95',
	'cvar_95',
	'best_day',
	'worst_day',
	'skew',
	'kurtosis',
	'tail_ratio',
	'profit_factor',
	'omega',
	'stability',
	'ulcer'
];
/** What only the book of a run knows: over all dates of each. */
export const OF_EACH_RUN: readonly MetricName[] = [
	'n',
	'turnover',
	'holding_period',
	'cost_drag',
	'break_even_bps',
	'gross_exposure',
	'net_exposure',
	'names',
	'fitness',
	'margin'
];

function row(key: string, label: string, values: Maybe[], text: (v: Maybe) => string): Row {
	const better = BETTER[key as MetricName] ?? '';
	const texts = values.map(text);
	const known = values.filter((v): v is number => typeof v === 'number');
	const top = better === 'lower' ? Math.min(...known) : Math.max(...known);
	const differs = new Set(texts).size > 1;
	// Equal as written is equal: a difference nobody can see makes no winner.
	const winner = better && known.length > 1 && differs ? text(top) : null;
	return {
		key,
		label,
		better,
		differs,
		cells: values.map((v, i) => ({
			text: texts[i],
			full: full(v),
			best: winner !== null && typeof v === 'number' && texts[i] === winner
		}))
	};
}

const known = ({ cells }: Row): boolean => cells.some(({ text }) => text !== DASH);

/** The metrics on the common dates; what none of them has is left out. */
export const commonRows = (items: readonly Compared[]): Row[] =>
	ON_COMMON_DATES.map((key) =>
		row(
			key,
			metricLabel(key),
			items.map(({ common }) => common[key]),
			(v) => metricText(key, v)
		)
	).filter(known);

/** What each run says of itself, over its own dates. */
export const runRows = (items: readonly Compared[]): Row[] =>
	[
		...OF_EACH_RUN.map((key) =>
			row(
				key,
				metricLabel(key),
				items.map(({ strategy }) => strategy.metrics[key]),
				(v) => metricText(key, v)
			)
		),
		row(
			'complexity_score',
			'Complexity',
			items.map(({ strategy }) => strategy.complexity_score),
			(v) => ratio(v, 1)
		)
	].filter(known);

const LABELS = Object.fromEntries(FIELDS.map((f) => [f.name, f])) as Record<
	ParamName,
	(typeof FIELDS)[number] | undefined
>;

/** What stands in place of a setting that was not made. */
const ABSENT: Record<string, string> = {
	start: 'that of the data set',
	end: 'the last before the lockbox'
};

/** A setting as one reads it: a share in per cent, with its unit. */
export function settingText(name: string, value: unknown): string {
	if (value === null || value === undefined || value === '') return ABSENT[name] ?? 'none';
	if (typeof value !== 'number') return String(value);
	if (name === 'rebalance') return `every ${value} dates`;
	const field = LABELS[name as ParamName];
	if (field?.kind !== 'number') return String(value);
	const { scale = 1, unit = '' } = field;
	const shown = +(value * scale).toPrecision(12);
	if (unit === 'dates') return plural(shown, 'date');
	return `${shown}${unit === '%' || unit === '×' ? unit : unit && ` ${unit}`}`;
}

const setting = (key: string, label: string, values: string[]): Row => ({
	key,
	label,
	better: '',
	differs: new Set(values).size > 1,
	cells: values.map((text) => ({ text, full: text, best: false }))
});

/** How each was traded, and on what. */
export function settingRows(items: readonly { strategy: StrategySummary }[]): Row[] {
	const names = Object.keys(items[0]?.strategy.params ?? {}) as ParamName[];
	return [
		setting(
			'dataset',
			'Data set',
			items.map(({ strategy }) => strategy.dataset)
		),
		...names.map((name) =>
			setting(
				name,
				LABELS[name]?.label ?? name,
				items.map(({ strategy }) => settingText(name, strategy.params[name]))
			)
		)
	];
}

/** What a row says to who cannot see its marks. */
export const differing = (rows: readonly Row[]): Row[] => rows.filter(({ differs }) => differs);
