import { api, asError, unwrap, type LedgerEntry, type TrialPage } from '#lib/api/client.ts';
import { desk } from '#lib/state/desk.svelte.ts';
import { PAGE } from './ledger.ts';

/** The ledger as it was read last; it outlives its page. */
class Book {
	entries = $state.raw<readonly LedgerEntry[] | null>(null);
	error = $state.raw<Error | null>(null);
	trials = $state.raw<TrialPage | null>(null);
	trialsError = $state.raw<Error | null>(null);
	offset = $state(0);
	/** "" for all. */
	dataset = $state('');
	/** Trials came in since it was read. */
	newer = $state(false);
	#asked = 0;
	#processed = new Map<string, number>();

	async load(): Promise<void> {
		this.newer = false;
		try {
			this.entries = unwrap(await api.GET('/api/ledger')).items;
			this.error = null;
		} catch (thrown) {
			this.error = asError(thrown);
		}
	}

	/** A page of trials. */
	async turn(dataset = this.dataset, offset = this.offset): Promise<void> {
		const asked = ++this.#asked;
		if (dataset !== this.dataset) this.trials = null;
		[this.dataset, this.offset] = [dataset, offset];
		try {
			const query = { dataset: dataset || undefined, limit: PAGE, offset };
			const page = unwrap(await api.GET('/api/ledger/trials', { params: { query } }));
			if (asked !== this.#asked) return;
			[this.trials, this.trialsError] = [page, null];
		} catch (thrown) {
			if (asked === this.#asked) this.trialsError = asError(thrown);
		}
	}

	async refresh(): Promise<void> {
		await Promise.all([this.load(), this.turn()]);
	}

	/** Notice new trials while the page is open. */
	listen(): () => void {
		return desk.on('job', ({ job }) => {
			const before = this.#processed.get(job.job_id);
			this.#processed.set(job.job_id, job.processed);
			if (before !== undefined && job.processed > before) this.newer = true;
		});
	}
}

export const book = new Book();
