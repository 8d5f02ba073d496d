import { api, unwrap, type Job, type StrategySummary } from '#lib/api/client.ts';
import { isActive } from '#lib/state/desk.svelte.ts';
import { SvelteMap } from 'svelte/reactivity';

const AGAIN_MS = 2000;
const AT_ONCE = 4;

/** The best strategy of each job, asked for as jobs come into view and again as they go on. */
class BestOf {
	#found = new SvelteMap<string, StrategySummary | null>();
	// Not read by any view, so plain.
	#asked = new Map<string, { processed: number; at: number }>();
	#waiting = new Map<string, Job>();
	#busy = 0;

	/** undefined: not known yet; null: the job has none. */
	get(jobId: string): StrategySummary | null | undefined {
		return this.#found.get(jobId);
	}

	/** The job is shown as it stands now. */
	want(job: Job): void {
		const last = this.#asked.get(job.job_id);
		if (last?.processed === job.processed || !job.processed) return;
		if (last && isActive(job) && Date.now() - last.at < AGAIN_MS) return;
		this.#asked.set(job.job_id, { processed: job.processed, at: Date.now() });
		this.#waiting.set(job.job_id, job);
		void this.#work();
	}

	async #work(): Promise<void> {
		if (this.#busy >= AT_ONCE) return;
		this.#busy++;
		for (const [id] of this.#waiting) {
			this.#waiting.delete(id);
			try {
				const query = { job: id, order: '-ann_sharpe', limit: 1 };
				const { items } = unwrap(await api.GET('/api/strategies', { params: { query } }));
				this.#found.set(id, items[0] ?? null);
			} catch {
				// It is asked for again when the job goes on or the page is opened anew.
				this.#asked.delete(id);
			}
		}
		this.#busy--;
	}
}

export const bestOf = new BestOf();
