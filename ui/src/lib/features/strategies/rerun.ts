/** An old and a new result of one strategy, side by side. */
import type { Full, EquityCurve, Metrics, Schemas } from '#lib/api/client.ts';
import type { Series } from '#lib/components/charts/series.ts';
import { interpolate } from '#lib/components/charts/series.ts';
import { toX } from '#lib/components/charts/scale.ts';
import { count, full, tone, type Tone } from '#lib/utils/format.ts';
import {
	METRIC_NAMES,
	METRICS,
	metricDelta,
	metricLabel,
	metricText,
	type MetricName
} from '#lib/utils/metrics.ts';

export type DataOfRun = Full<Schemas['DataOfRun']>;
export type Rerun = Full<Schemas['Rerun']>;

const versionText = (version: number | null): string =>
	version === null ? 'an unknown version' : `version ${count(version)}`;

/** Which data a result is from, in a sentence. */
export function dataText(data: DataOfRun): string {
	const { name, version, current_version: now, is_current } = data;
	const from = version === null ? `data of “${name}”` : `${versionText(version)} of “${name}”`;
	if (now === null) return `Computed on ${from}; the data set is no longer in the list.`;
	if (is_current) return `Computed on ${from}, the one in use.`;
	return `Computed on ${from}; ${versionText(now)} is in use now. The result stays valid for its own data.`;
}

/** Whether there are other data to run it on. */
export const canRerun = ({ is_current, current_version }: DataOfRun): boolean =>
	!is_current && current_version !== null;

export interface Row {
	name: MetricName;
	label: string;
	old: string;
	new: string;
	oldFull: string;
	newFull: string;
	delta: string;
	deltaFull: string;
	/** Of the difference, where more is better; plain for what is neither. */
	tone: Tone;
}

/** Every metric of both, and by how much the new one differs. */
export const rowsOf = (before: Metrics, after: Metrics): Row[] =>
	METRIC_NAMES.map((name) => {
		const [then, now] = [before[name], after[name]];
		const delta = then === null || now === null ? null : now - then;
		return {
			name,
			label: metricLabel(name),
			old: metricText(name, then),
			new: metricText(name, now),
			oldFull: full(then),
			newFull: full(now),
			delta: delta === 0 ? '' : metricDelta(name, delta),
			deltaFull: full(delta),
			tone: METRICS[name].colour === 'sign' ? tone(delta) : 'plain'
		};
	});

/** Whether every metric of both is the same number. */
export const equal = (before: Metrics, after: Metrics): boolean =>
	METRIC_NAMES.every((name) => Object.is(before[name], after[name]));

/** What came out, in a sentence. */
export function verdict(result: Rerun): string {
	const same = equal(result.old.metrics, result.new.metrics);
	if (result.same_data)
		return same
			? 'The version in use holds the same data up to its lockbox: the results are equal, to the last digit.'
			: 'The data are the same, yet the results differ: something else has changed in between.';
	return same
		? 'The data changed where this strategy does not look: the results are equal, to the last digit.'
		: 'The data changed, and with them the result.';
}

export interface Overlay {
	x: string[];
	series: Series[];
}

/** Both curves of growth over all dates of either. */
export function overlay(
	before: EquityCurve,
	after: EquityCurve,
	labels: [string, string]
): Overlay {
	const x = [...new Set([...before.dates, ...after.dates])].sort();
	const at = x.map(toX);
	const read = (curve: EquityCurve) => ({
		values: interpolate(curve.dates.map(toX), curve.equity, at),
		// Long curves come thinned out: what lies between their points is read off a line.
		approximate: curve.dates.length < inside(x, curve.dates)
	});
	return {
		x,
		series: [
			{ label: labels[0], ...read(before), color: '--text-muted', dash: true, width: 1 },
			{ label: labels[1], ...read(after), color: '--s1' }
		]
	};
}

const inside = (x: string[], [first, ...rest]: string[]): number =>
	x.filter((day) => day >= first && day <= (rest.at(-1) ?? first)).length;

/** How the two are called in the table and the chart. */
export function labelsOf({ old_version, new_version }: Rerun): [string, string] {
	if (old_version === null || new_version === null || old_version === new_version)
		return ['Before', 'Now'];
	return [`Version ${count(old_version)}`, `Version ${count(new_version)}`];
}
