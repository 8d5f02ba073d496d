/** What came of running a saved run again, in words. */
import type { Verified } from '#lib/features/luck/wire.ts';
import { count, plural } from '#lib/utils/format.ts';
import { metricLabel, metricText } from '#lib/utils/metrics.ts';

type Made = Verified['now'];

const by = (made: Made): string => `engine version ${made.engine_version}, kernels ${made.kernels}`;

/** The verdict in a sentence or two. */
export function verifiedText(v: Verified): string {
	const size = `${count(v.bytes)} bytes`;
	if (v.same)
		return `Made again just now: the daily series is the same, all ${size}, and so is every metric.`;
	const metrics = Object.keys(v.metrics).length;
	const daily = v.same_daily
		? `The daily series is the same, all ${size}`
		: `The daily series differs from the ${size} that were saved`;
	const rest = metrics ? `${plural(metrics, 'metric')} differ` : 'every metric is the same';
	const why =
		by(v.saved_by) === by(v.now)
			? 'The engine is the same, so look for what changed in the data or the machine.'
			: `It was saved by ${by(v.saved_by)} and made again by ${by(v.now)}.`;
	return `${daily}; ${metrics === 1 ? '1 metric differs' : rest}. ${why}`;
}

/** The metrics that differ. */
export const differences = (v: Verified): { name: string; saved: string; now: string }[] =>
	Object.entries(v.metrics).map(([name, { saved, now }]) => ({
		name: metricLabel(name),
		saved: metricText(name, saved),
		now: metricText(name, now)
	}));
