/** How fast jobs are and were, and how long the next one will take. */
import type { Job } from '#lib/api/client.ts';

type Timed = Pick<Job, 'status' | 'started_at' | 'finished_at'>;

/** Seconds from the start to the end, or to now while it runs; null before the start. */
export function elapsed({ status, started_at, finished_at }: Timed, now: number): number | null {
	if (!started_at || status === 'queued') return null;
	const end = status === 'running' ? now : finished_at ? Date.parse(finished_at) : NaN;
	const seconds = (end - Date.parse(started_at)) / 1000;
	return Number.isFinite(seconds) ? Math.max(0, seconds) : null;
}

/** Candidates per second over the whole job; null when that cannot be told. */
export function meanRate(job: Timed & Pick<Job, 'processed' | 'attempt'>, now: number) {
	const seconds = elapsed(job, now);
	// What an earlier attempt did is not of this time.
	if (seconds === null || seconds < 0.5 || !job.processed || job.attempt > 1) return null;
	return job.processed / seconds;
}

export interface Estimate {
	seconds: number;
	rate: number;
	/** How many jobs it rests on. */
	jobs: number;
}

const LOOKED_AT = 5;
const ENOUGH = 20;

/** How long `n` candidates take, told from the last jobs on the same data with as many workers. */
export function estimate(
	jobs: readonly Job[],
	{ n, dataset, workers }: { n: number; dataset: string; workers: number }
): Estimate | null {
	const rates: number[] = [];
	for (const job of jobs) {
		if (job.dataset !== dataset || job.status !== 'done' || job.processed < ENOUGH) continue;
		const rate = meanRate(job, 0);
		// Threads add up nearly; a rate per thread carries over.
		if (rate !== null) rates.push((rate / job.workers) * workers);
		if (rates.length === LOOKED_AT) break;
	}
	if (!rates.length || !(n > 0)) return null;
	const middle = rates.sort((a, b) => a - b)[Math.floor(rates.length / 2)];
	return { seconds: n / middle, rate: middle, jobs: rates.length };
}
