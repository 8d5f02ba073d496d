/** The list of strategies; it outlives its page, so that coming back shows it as it was left. */
import { strategyRows } from '#lib/components/strategies/rows.ts';
import { desk } from '#lib/state/desk.svelte.ts';
import { asked, readQuery, searchOf, type ListQuery } from './list-query.ts';

class StrategyList {
	query = $state.raw<ListQuery>(readQuery(new URLSearchParams()));
	/** Runs were saved since the rows came. */
	newer = $state(false);
	readonly rows = strategyRows(() => asked(this.query));
	#found = false;
	#processed = new Map<string, number>();

	/** Show what an address asks for; the same again keeps the rows and looks for changes. */
	show(params: URLSearchParams): void {
		const query = readQuery(params);
		const same = searchOf(query) === searchOf(this.query);
		if (same && this.#found) return;
		this.query = query;
		this.#found = true;
		this.newer = false;
		this.rows.reset();
	}

	refresh(): void {
		this.newer = false;
		this.rows.refresh();
	}

	/** Notice new results while the page is open. */
	listen(): () => void {
		if (this.#found && this.rows.ready) this.refresh();
		const off = [
			desk.on('job', ({ job }) => {
				const before = this.#processed.get(job.job_id);
				this.#processed.set(job.job_id, job.processed);
				if (before !== undefined && job.processed > before) this.newer = true;
			}),
			// What failed while the engine was away comes by itself.
			desk.on('hello', () => {
				if (this.rows.error) this.rows.retry();
			})
		];
		return () => off.forEach((stop) => stop());
	}
}

export const list = new StrategyList();
