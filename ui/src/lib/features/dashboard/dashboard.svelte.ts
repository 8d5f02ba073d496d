/** What the dashboard shows; it outlives its page, so that coming back shows it at once. */
import {
	api,
	asError,
	unwrap,
	type Aggregate,
	type Job,
	type StrategySummary
} from '#lib/api/client.ts';
import { desk } from '#lib/state/desk.svelte.ts';
import { workspace } from '#lib/state/workspace.svelte.ts';
import { firstSteps } from './first-steps.svelte.ts';
import { sparks } from './sparks.svelte.ts';
import { throttled } from './throttle.ts';

const ROWS = 8;
const PACE_MS = 1000;

class Dashboard {
	aggregate = $state.raw<Aggregate | null>(null);
	newest = $state.raw<StrategySummary[]>([]);
	best = $state.raw<StrategySummary[]>([]);
	error = $state.raw<Error | null>(null);
	/** Data set chosen here; null means the one Kvant works with, "" all of them. */
	choice = $state<string | null>(null);
	dataset = $derived(this.choice ?? workspace.dataset?.name ?? '');
	/** All jobs known, the newest first. */
	jobs = $derived([...desk.jobs.values()].sort((a, b) => b.created_at.localeCompare(a.created_at)));
	/** Nothing was ever done in this workspace. */
	fresh = $derived(
		this.aggregate?.count === 0 &&
			this.aggregate.trials === 0 &&
			!this.jobs.length &&
			workspace.datasets.every((d) => d.strategies === 0)
	);
	#asked = 0;
	#seen = new Map<string, string>();

	async load(): Promise<void> {
		const asked = ++this.#asked;
		try {
			const dataset = this.dataset || undefined;
			const page = (order: string) =>
				api
					.GET('/api/strategies', { params: { query: { order, limit: ROWS, dataset } } })
					.then((answer) => unwrap(answer).items);
			const [aggregate, newest, best] = await Promise.all([
				api
					.GET('/api/metrics/aggregate', { params: { query: { dataset } } })
					.then((a) => unwrap(a)),
				page('-created_at'),
				page('-ann_sharpe'),
				this.aggregate ? null : this.#loadJobs()
			]);
			// A later question has overtaken this one.
			if (asked !== this.#asked) return;
			firstSteps.look(aggregate, this.jobs);
			[this.newest, this.best, this.aggregate] = [newest, best, aggregate];
			this.error = null;
			sparks.want([...best, ...newest]);
		} catch (thrown) {
			if (asked === this.#asked) this.error = asError(thrown);
		}
	}

	/** Follow the jobs while the page is open. */
	listen(): () => void {
		const pace = throttled(() => void this.load(), PACE_MS);
		const stops = [
			desk.on('job', ({ job }) => this.#changed(job) && pace.call()),
			desk.on('hello', ({ restarted }) => restarted && pace.call()),
			pace.stop
		];
		return () => stops.forEach((stop) => stop());
	}

	/** Whether a job has something new since it was heard of last. */
	#changed(job: Job): boolean {
		const now = `${job.status} ${job.processed}`;
		const before = this.#seen.get(job.job_id);
		this.#seen.set(job.job_id, now);
		return before !== undefined && before !== now;
	}

	async #loadJobs(): Promise<void> {
		await desk.loadJobs();
		for (const job of desk.jobs.values()) this.#changed(job);
	}
}

export const dashboard = new Dashboard();
