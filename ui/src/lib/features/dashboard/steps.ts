/** The first steps with Kvant, and which of them are done. */
import type { Job } from '#lib/api/client.ts';

export interface Seen {
	datasets: number;
	/** Trainings that ended well. */
	trained: number;
	/** Candidates that trainings tried, and all that was tried. */
	processed: number;
	trials: number;
	/** Strategies that trainings saved, and all that are saved. */
	found: number;
	saved: number;
	/** One of the newest was saved while no training ran. */
	byHand: boolean;
}

export const STEPS = ['data', 'training', 'backtest', 'saved'] as const;
export type Step = (typeof STEPS)[number];

/** What is done by what the workspace holds: nobody keeps a list of it. */
export const stepsDone = (seen: Seen): Step[] => {
	// What was tried or saved beyond the trainings came from the backtest page.
	// Two trainings may find the same, so that the counts alone can hide it.
	const saved = seen.byHand || seen.saved > seen.found;
	const done: Record<Step, boolean> = {
		data: seen.datasets > 0,
		training: seen.trained > 0,
		backtest: saved || seen.trials > seen.processed,
		saved
	};
	return STEPS.filter((step) => done[step]);
};

type Span = Pick<Job, 'started_at' | 'finished_at'>;

/** Whether something came into being while none of the jobs ran. */
export const outside = (created_at: string, jobs: readonly Span[]): boolean =>
	!jobs.some(
		({ started_at, finished_at }) =>
			started_at !== null &&
			created_at >= started_at &&
			(finished_at === null || created_at <= finished_at)
	);
