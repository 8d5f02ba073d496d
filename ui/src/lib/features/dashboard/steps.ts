/** The first steps with Kvant, and which of them are done. */

export interface Seen {
	datasets: number;
	/** Trainings that ended well. */
	trained: number;
	/** What was tried one by one, and how much of that was saved. */
	backtests: number;
	kept: number;
}

export const STEPS = ['data', 'training', 'backtest', 'saved'] as const;
export type Step = (typeof STEPS)[number];

/** What is done by what the workspace holds: nobody keeps a list of it. */
export const stepsDone = (seen: Seen): Step[] => {
	const done: Record<Step, boolean> = {
		data: seen.datasets > 0,
		training: seen.trained > 0,
		backtest: seen.backtests > 0,
		saved: seen.kept > 0
	};
	return STEPS.filter((step) => done[step]);
};
