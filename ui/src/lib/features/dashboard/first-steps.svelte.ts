import { api, unwrap, type Aggregate, type Job, type StrategySummary } from '#lib/api/client.ts';
import { workspace } from '#lib/state/workspace.svelte.ts';
import { outside, STEPS, stepsDone, type Step } from './steps.ts';

const KEY = 'kvant.first-steps';
const MOST_JOBS = 20;

/** The list of first steps: gone once all are done, or when somebody has seen enough of it. */
class FirstSteps {
	done = $state.raw<Step[]>([]);
	hidden = $state(stored());
	#found = new Map<string, number>();

	/** See what is done; while the list is hidden nothing is asked for. */
	async look(
		aggregate: Aggregate,
		newest: readonly StrategySummary[],
		jobs: readonly Job[]
	): Promise<void> {
		if (this.hidden) return;
		const trainings = jobs.filter((job) => job.type === 'train');
		this.done = stepsDone({
			datasets: workspace.datasets.length,
			trained: trainings.filter((job) => job.status === 'done').length,
			processed: sum(trainings.map((job) => job.processed)),
			trials: aggregate.trials,
			found: await this.#foundBy(trainings),
			saved: aggregate.count,
			byHand: newest.some((run) => outside(run.created_at, trainings))
		});
		if (this.done.length === STEPS.length) keep();
	}

	hide(): void {
		this.hidden = true;
		keep();
	}

	/** Strategies that trainings saved; with too many trainings to ask, all of them. */
	async #foundBy(trainings: readonly Job[]): Promise<number> {
		if (trainings.length > MOST_JOBS) return Infinity;
		const counts = await Promise.all(
			trainings.map(async ({ job_id: job, status }) => {
				const known = this.#found.get(job);
				if (known !== undefined) return known;
				const query = { job, limit: 1 };
				const { total } = unwrap(await api.GET('/api/strategies', { params: { query } }));
				if (status !== 'running' && status !== 'queued') this.#found.set(job, total);
				return total;
			})
		);
		return sum(counts);
	}
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

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
