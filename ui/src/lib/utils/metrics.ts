/** How each metric is called and written; what it means comes from the engine. */
import type { Metrics } from '#lib/api/client.ts';
import { count, DASH, percent, ratio, signed, tone, type Maybe, type Tone } from './format.ts';

export type MetricName = keyof Metrics;
export type MetricKind = 'ratio' | 'percent' | 'percent2' | 'count' | 'decimal1';
/** `sign`: gains and losses; `none`: neither is good or bad by itself. */
type Colour = 'sign' | 'none';

interface Look {
	label: string;
	short: string;
	kind: MetricKind;
	colour: Colour;
}

const look = (label: string, short: string, kind: MetricKind, colour: Colour = 'none'): Look => ({
	label,
	short,
	kind,
	colour
});

export const METRICS: Record<MetricName, Look> = {
	ann_sharpe: look('Sharpe ratio', 'Sharpe', 'ratio', 'sign'),
	ann_return: look('Annual return', 'Return', 'percent', 'sign'),
	ann_vol: look('Annual volatility', 'Volatility', 'percent'),
	max_dd: look('Maximum drawdown', 'Drawdown', 'percent'),
	total_return: look('Total return', 'Total', 'percent', 'sign'),
	calmar: look('Calmar ratio', 'Calmar', 'ratio', 'sign'),
	sortino: look('Sortino ratio', 'Sortino', 'ratio', 'sign'),
	turnover: look('Turnover per day', 'Turnover', 'percent'),
	hit_rate: look('Hit rate', 'Hits', 'percent'),
	holding_period: look('Holding period, days', 'Holding', 'decimal1'),
	cost_drag: look('Cost per year', 'Cost', 'percent2'),
	break_even_bps: look('Break-even cost, bps', 'Break-even', 'decimal1', 'sign'),
	gross_exposure: look('Gross exposure', 'Gross', 'percent'),
	net_exposure: look('Net exposure', 'Net', 'percent'),
	names: look('Symbols held', 'Symbols', 'decimal1'),
	var_95: look('Value at risk, 95%', 'VaR', 'percent2'),
	cvar_95: look('Expected shortfall, 95%', 'Shortfall', 'percent2'),
	best_day: look('Best day', 'Best day', 'percent', 'sign'),
	worst_day: look('Worst day', 'Worst day', 'percent', 'sign'),
	skew: look('Skewness', 'Skew', 'ratio'),
	kurtosis: look('Excess kurtosis', 'Kurtosis', 'ratio'),
	tail_ratio: look('Tail ratio', 'Tails', 'ratio'),
	profit_factor: look('Profit factor', 'Profit factor', 'ratio'),
	omega: look('Omega ratio', 'Omega', 'ratio'),
	stability: look('Stability', 'Stability', 'ratio'),
	ulcer: look('Ulcer index', 'Ulcer', 'percent'),
	fitness: look('Fitness', 'Fitness', 'ratio', 'sign'),
	margin: look('Margin', 'Margin', 'percent2', 'sign'),
	n: look('Days', 'Days', 'count')
};

/** What fits over a number in a card; how it is computed says the rest. */
const CARDS: Partial<Record<MetricName, string>> = {
	ann_vol: 'Volatility',
	max_dd: 'Max drawdown',
	turnover: 'Turnover'
};
export const cardLabel = (name: MetricName): string => CARDS[name] ?? METRICS[name].label;

/** All of them, the ones people ask for first. */
export const METRIC_NAMES = Object.keys(METRICS) as MetricName[];
/** The cards at the top of a result. */
export const HEADLINE: readonly MetricName[] = [
	'ann_sharpe',
	'ann_return',
	'ann_vol',
	'max_dd',
	'calmar',
	'turnover',
	'hit_rate'
];

export const isMetric = (name: string): name is MetricName => Object.hasOwn(METRICS, name);

const WRITERS: Record<MetricKind, (v: Maybe) => string> = {
	ratio: (v) => ratio(v, 2),
	decimal1: (v) => ratio(v, 1),
	percent: (v) => percent(v, 1),
	percent2: (v) => percent(v, 2),
	count
};

export const metricLabel = (name: string): string => (isMetric(name) ? METRICS[name].label : name);
export const metricShort = (name: string): string => (isMetric(name) ? METRICS[name].short : name);

export const metricText = (name: string, value: Maybe): string =>
	isMetric(name) ? WRITERS[METRICS[name].kind](value) : ratio(value);

export const metricTone = (name: string, value: Maybe): Tone =>
	isMetric(name) && METRICS[name].colour === 'sign' ? tone(value) : 'plain';

/** A difference of two values of the metric: "+0.12", "−1.3%". */
export function metricDelta(name: string, value: Maybe): string {
	if (value === null || value === undefined) return DASH;
	const kind = isMetric(name) ? METRICS[name].kind : 'ratio';
	if (kind === 'percent') return signed(value, 'percent', 1);
	if (kind === 'percent2') return signed(value, 'percent', 2);
	return signed(value, 'ratio', kind === 'count' ? 0 : kind === 'decimal1' ? 1 : 2);
}
