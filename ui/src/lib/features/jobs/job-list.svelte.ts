import { api, asError, unwrap, type Job } from '#lib/api/client.ts';
import { desk } from '#lib/state/desk.svelte.ts';
import { SvelteMap } from 'svelte/reactivity';

const FIRST = 100;
const REST = 1000;

/** All jobs, the newest first: asked for once, then kept up to date by the desk. */
class JobList {
	ready = $state(false);
	error = $state.raw<Error | null>(null);
	#known = new SvelteMap<string, Job>();
	all = $derived([...this.#known.values()].sort(newest));

	/** Follow the jobs while a page shows them; gives the function that ends it. */
	follow(): () => void {
		const stops = [
			desk.on('job', ({ job }) => this.#known.set(job.job_id, job)),
			// What happened while the line was down.
			desk.on('hello', () => void this.load())
		];
		for (const job of desk.jobs.values()) this.#known.set(job.job_id, job);
		void this.load();
		return () => stops.forEach((stop) => stop());
	}

	async load(): Promise<void> {
		try {
			let next: number | null = 0;
			while (next !== null) next = await this.#page(next);
			this.error = null;
		} catch (thrown) {
			this.error = asError(thrown);
		}
	}

	async #page(offset: number): Promise<number | null> {
		const query = { offset, limit: offset ? REST : FIRST };
		const page = unwrap(await api.GET('/api/jobs', { params: { query } }));
		for (const job of page.items) this.#known.set(job.job_id, job);
		this.ready = true;
		return page.next;
	}
}

const newest = (a: Job, b: Job): number =>
	b.created_at.localeCompare(a.created_at) || b.job_id.localeCompare(a.job_id);

export const jobList = new JobList();
