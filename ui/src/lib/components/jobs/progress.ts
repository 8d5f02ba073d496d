import type { Job, PhaseEvent, ProgressEvent } from '#lib/api/client.ts';
import { count, duration, ratio } from '#lib/utils/format.ts';

type Status = Job['status'];

export const STATUS: Record<
	string,
	{ word: string; tone: 'plain' | 'accent' | 'ok' | 'warn' | 'bad' }
> = {
	queued: { word: 'Queued', tone: 'plain' },
	running: { word: 'Running', tone: 'accent' },
	done: { word: 'Done', tone: 'ok' },
	failed: { word: 'Failed', tone: 'bad' },
	cancelled: { word: 'Cancelled', tone: 'plain' },
	interrupted: { word: 'Interrupted', tone: 'warn' }
};
export const isLive = (status: Status): boolean => status === 'queued' || status === 'running';

const PHASES: Record<string, string> = {
	generate: 'Generate',
	evaluate: 'Evaluate',
	prepare: 'Prepare',
	backtest: 'Backtest',
	persist: 'Save',
	import: 'Import'
};
export const phaseName = (phase: string): string =>
	PHASES[phase] ?? phase.charAt(0).toUpperCase() + phase.slice(1).replaceAll('_', ' ');

export interface Reading {
	/** From 0 to 1; null while the end is unknown. */
	share: number | null;
	processed: number;
	total: number | null;
	rate: number | null;
	eta: number | null;
	elapsed: number | null;
}

/** How far a job is: what the stream said last, else what the job said. */
export function reading(job: Job, progress?: ProgressEvent | null): Reading {
	const processed = Math.max(progress?.processed ?? 0, job.processed);
	const total = progress?.total || job.total || null;
	const live = isLive(job.status);
	const share = job.status === 'done' ? 1 : total ? Math.min(1, processed / total) : null;
	return {
		share: share ?? (live ? null : 0),
		processed,
		total,
		rate: live ? (progress?.rate ?? null) : null,
		eta: live ? (progress?.eta_s ?? null) : null,
		elapsed: progress?.elapsed_s ?? elapsedOf(job)
	};
}

function elapsedOf({ started_at, finished_at }: Job): number | null {
	if (!started_at || !finished_at) return null;
	const seconds = (Date.parse(finished_at) - Date.parse(started_at)) / 1000;
	return Number.isFinite(seconds) && seconds >= 0 ? seconds : null;
}

/** "42 of 1,000" */
export const amount = ({ processed, total }: Reading): string =>
	total === null ? count(processed) : `${count(processed)} of ${count(total)}`;

export const rateText = (rate: number): string => `${ratio(rate, rate < 10 ? 1 : 0)} per second`;

/** The progress in a sentence, for who cannot see the bar. */
export function progressText(job: Job, read: Reading, phase?: string): string {
	const parts = [STATUS[job.status]?.word ?? job.status];
	if (phase && isLive(job.status)) parts.push(phaseName(phase).toLowerCase());
	if (read.total !== null || read.processed > 0) parts.push(amount(read));
	if (read.eta !== null) parts.push(`about ${duration(read.eta)} left`);
	return parts.join(', ');
}

export interface Step {
	name: string;
	state: 'done' | 'current' | 'stopped';
	count: number;
	rejected: number;
}

/** The phases so far; the last one is under way while the job is. */
export function steps(phases: PhaseEvent[], status: Status): Step[] {
	const last = phases.length - 1;
	const end = status === 'running' ? 'current' : status === 'done' ? 'done' : 'stopped';
	return phases.map((p, i) => ({
		name: phaseName(p.phase),
		state: i < last ? 'done' : end,
		count: p.count,
		rejected: Object.values(p.rejected ?? {}).reduce((a, b) => a + b, 0)
	}));
}
