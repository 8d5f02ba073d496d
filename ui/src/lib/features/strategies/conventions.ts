/** The same run in the words of other libraries. */
import type { Profile, Figure } from '#lib/features/luck/wire.ts';
import { count, percent, ratio } from '#lib/utils/format.ts';
import { metricLabel, metricText } from '#lib/utils/metrics.ts';
import type { Metrics } from '#lib/api/client.ts';

export type Convention = Profile['convention'];

const WRITERS: Record<Figure['unit'], (v: number | null) => string> = {
	ratio: (v) => ratio(v, 2),
	// A daily return has its digits further down.
	share: (v) => percent(v, v !== null && v !== 0 && Math.abs(v) < 0.001 ? 4 : 2),
	bps: (v) => `${ratio(v, 1)} bps`,
	days: (v) => ratio(v, 1),
	count
};

export interface Row {
	/** As the library calls it. */
	name: string;
	value: number | null;
	text: string;
	formula: string;
	/** What it is called here, and its value; "" where there is no such metric. */
	here: string;
	hereText: string;
	note: string;
}

/** Every figure of a convention beside the metric it corresponds to. */
export const rowsOf = (profile: Profile, metrics: Metrics): Row[] =>
	profile.figures.map(({ name, metric, value, unit, formula, note }) => ({
		name,
		value,
		text: value === null ? '—' : WRITERS[unit](value),
		formula,
		here: metric === null ? '' : metricLabel(metric),
		hereText: metric === null ? '' : metricText(metric, metrics[metric as keyof Metrics] ?? null),
		note
	}));
