import type { Aggregate, Job } from '#lib/api/client.ts';
import { workspace } from '#lib/state/workspace.svelte.ts';
import { STEPS, stepsDone, type Step } from './steps.ts';

const KEY = 'kvant.first-steps';

/** The list of first steps: gone once all are done, or when somebody has seen enough of it. */
class FirstSteps {
	done = $state.raw<Step[]>([]);
	hidden = $state(stored());

	/** See what is done; while the list is hidden nothing is asked for. */
	look(aggregate: Aggregate, jobs: readonly Job[]): void {
		if (this.hidden) return;
		this.done = stepsDone({
			datasets: workspace.datasets.length,
			trained: jobs.filter((job) => job.type === 'train' && job.status === 'done').length,
			backtests: aggregate.backtests,
			kept: aggregate.kept
		});
		if (this.done.length === STEPS.length) keep();
	}

	hide(): void {
		this.hidden = true;
		keep();
	}
}

// The page's own storage is only a cache: without it the list comes back, with the same ticks.
function stored(): boolean {
	try {
		return localStorage.getItem(KEY) === 'done';
	} catch {
		return false;
	}
}
function keep(): void {
	try {
		localStorage.setItem(KEY, 'done');
	} catch {
		// Then it is looked up again.
	}
}

export const firstSteps = new FirstSteps();
