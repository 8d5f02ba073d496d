import type { StrategySummary } from '#lib/api/client.ts';
import { dateTime, date, full, hash, percent, ratio, tone, type Tone } from '#lib/utils/format.ts';
import {
	isMetric,
	METRIC_NAMES,
	metricLabel,
	metricShort,
	metricText,
	metricTone
} from '#lib/utils/metrics.ts';

/** What a table shows of a strategy; `key` is also what the server orders by. */
export interface Column {
	key: string;
	label: string;
	/** The name in full, for the chooser of columns. */
	title: string;
	/** A track of the row's grid. */
	width: string;
	/** Digits at the right edge; sorted from the highest first. */
	numeric: boolean;
	/** What it means, where the engine's conventions do not tell. */
	help?: string;
	mono?: boolean;
	text: (s: StrategySummary) => string;
	/** Everything there is, on hover. */
	full: (s: StrategySummary) => string;
	tone: (s: StrategySummary) => Tone;
}

const plain = (): Tone => 'plain';

/** A probability; one that rounds to certainty is written as almost that. */
const chance = (p: number | null): string =>
	p !== null && p > 0 && p < 0.005
		? '< 1%'
		: p !== null && p < 1 && p >= 0.995
			? '> 99%'
			: percent(p, 0);
const deflated = (s: StrategySummary): number | null => s.deflated_sharpe ?? null;
const DEFLATED =
	'Probability that the true Sharpe ratio is above the best that luck attains in all that was tried on the same data; above 95% is hard to explain by luck.';

const own: Record<string, Column> = {
	deflated_sharpe: {
		key: 'deflated_sharpe',
		label: 'Deflated',
		title: 'Deflated Sharpe ratio',
		width: '5rem',
		numeric: true,
		help: DEFLATED,
		text: (s) => chance(deflated(s)),
		full: (s) => `${full(deflated(s))}\n${DEFLATED}`,
		tone: plain
	},
	expr: {
		key: 'expr',
		label: 'Expression',
		title: 'Expression',
		width: 'minmax(7rem, 1fr)',
		numeric: false,
		mono: true,
		text: (s) => s.expr,
		full: (s) => s.expr,
		tone: plain
	},
	expr_hash: {
		key: 'expr_hash',
		label: 'Hash',
		title: 'Hash',
		width: '6.5rem',
		numeric: false,
		mono: true,
		text: (s) => hash(s.expr_hash),
		full: (s) => s.expr_hash,
		tone: plain
	},
	complexity_score: {
		key: 'complexity_score',
		label: 'Complexity',
		title: 'Complexity',
		width: '5.25rem',
		numeric: true,
		text: (s) => ratio(s.complexity_score, 1),
		full: (s) => full(s.complexity_score),
		tone: plain
	},
	dataset: {
		key: 'dataset',
		label: 'Data set',
		title: 'Data set',
		width: '5.5rem',
		numeric: false,
		text: (s) => s.dataset,
		full: (s) => s.dataset,
		tone: plain
	},
	created_at: {
		key: 'created_at',
		label: 'Created',
		title: 'Created',
		width: '6.25rem',
		numeric: true,
		text: (s) => date(s.created_at),
		full: (s) => dateTime(s.created_at),
		tone: plain
	}
};

/** As wide as the name with its arrow, or a number of five digits. */
const narrow = new Set(['ann_sharpe', 'ann_return', 'calmar', 'n', 'skew', 'omega', 'ulcer']);

function metric(key: string): Column {
	const value = (s: StrategySummary) => (isMetric(key) ? s.metrics[key] : null);
	return {
		key,
		label: metricShort(key),
		title: metricLabel(key),
		width: narrow.has(key) ? '4.25rem' : metricShort(key).length > 8 ? '5.75rem' : '5rem',
		numeric: true,
		text: (s) => metricText(key, value(s)),
		full: (s) => full(value(s)),
		tone: (s) => (isMetric(key) ? metricTone(key, value(s)) : tone(null))
	};
}

const all: Record<string, Column> = {
	...Object.fromEntries(METRIC_NAMES.map((m) => [m, metric(m)])),
	...own
};

export const DEFAULT_COLUMNS = [
	'expr',
	'ann_sharpe',
	'deflated_sharpe',
	'ann_return',
	'ann_vol',
	'max_dd',
	'turnover',
	'complexity_score',
	'dataset',
	'created_at'
] as const;

/** Everything a column can show, the usual ones first. */
export const ALL_COLUMNS: readonly Column[] = [
	...DEFAULT_COLUMNS.map((key) => all[key]),
	...Object.values(all).filter((c) => !(DEFAULT_COLUMNS as readonly string[]).includes(c.key))
];

/** The columns named, in that order; names that mean nothing are left out. */
export const columnsOf = (keys: readonly string[]): Column[] =>
	keys.filter((key) => Object.hasOwn(all, key)).map((key) => all[key]);

export type Sorting = 'ascending' | 'descending' | 'none';

export const sorting = (order: string, key: string): Sorting => {
	const first = order.split(',')[0];
	return first === key ? 'ascending' : first === `-${key}` ? 'descending' : 'none';
};

/** The order after a click on a column: numbers begin with the highest, text with A; again turns round.
 *
 * With `add` the column orders what the ones before leave equal. */
export function nextOrder(order: string, { key, numeric }: Column, add = false): string {
	const terms = order.split(',').filter(Boolean);
	const known = terms.find((t) => t === key || t === `-${key}`);
	const turned = known ? (known === key ? `-${key}` : key) : numeric ? `-${key}` : key;
	if (!add) return turned;
	return known
		? terms.map((t) => (t === known ? turned : t)).join(',')
		: [...terms, turned].join(',');
}
