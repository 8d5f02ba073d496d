import { api, unwrap, type Histogram, type LogLine, type ResultEvent } from '#lib/api/client.ts';
import { JobStream } from '#lib/api/job-stream.svelte.ts';
import { Ledger, sharpeBins, type Failure } from './ledger.ts';

/** Results come many times a second; the page follows a few times a second. */
const PACE_MS = 250;
const LOG_PAGE = 1000;
const MOST_LINES = 20_000;

export interface Board {
	best: ResultEvent[];
	/** The same in the order they came; read up to the length of `best`. */
	arrived: ResultEvent[];
	failures: Failure[];
	failed: number;
	bins: Histogram;
}
const BLANK: Board = {
	best: [],
	arrived: [],
	failures: [],
	failed: 0,
	bins: { edges: [], counts: [], median: null }
};

/** One job as it happens: its stream, its results in order, its log. */
export class JobLive {
	readonly stream: JobStream;
	board = $state.raw<Board>(BLANK);
	lines = $state.raw<LogLine[]>([]);
	#ledger = new Ledger();
	#taken = 0;
	#last = 0;
	#timer?: ReturnType<typeof setTimeout>;
	#logged = 0;
	#reading = false;
	#again = false;

	constructor(readonly jobId: string) {
		this.stream = new JobStream(jobId);
	}

	/** Take over what the stream has; at once the first time, then at a walking pace. */
	follow(results: readonly ResultEvent[]): void {
		if (results.length === this.#taken || this.#timer !== undefined) return;
		const wait = Math.max(0, this.#last + PACE_MS - performance.now());
		this.#timer = setTimeout(() => {
			this.#timer = undefined;
			this.#take(this.stream.results);
		}, wait);
	}

	#take(results: readonly ResultEvent[]): void {
		this.#last = performance.now();
		this.#ledger.add(results.slice(this.#taken));
		this.#taken = results.length;
		const { best, arrived, failures, failed } = this.#ledger;
		this.board = { best, arrived, failures, failed, bins: sharpeBins(best) };
	}

	/** Read the lines of the log that are not here yet. */
	async readLog(): Promise<void> {
		this.#again = true;
		if (this.#reading) return;
		this.#reading = true;
		try {
			while (this.#again) {
				this.#again = false;
				await this.#logPages();
			}
		} finally {
			this.#reading = false;
		}
	}

	async #logPages(): Promise<void> {
		const path = { job_id: this.jobId };
		for (let more = true; more;) {
			const query = { after: this.#logged, limit: LOG_PAGE, level: 'DEBUG' as const };
			const page = unwrap(await api.GET('/api/jobs/{job_id}/log', { params: { path, query } }));
			more = page.next !== null;
			this.#logged = page.next ?? page.total;
			if (page.items.length) this.lines = this.lines.concat(page.items).slice(-MOST_LINES);
		}
	}

	close(): void {
		this.stream.close();
	}
}

const KEPT = 3;
const kept: JobLive[] = [];

/** The job as it was when the page was left: it goes on from there. */
export function liveOf(jobId: string): JobLive {
	const found = kept.find((live) => live.jobId === jobId) ?? new JobLive(jobId);
	if (kept.includes(found)) kept.splice(kept.indexOf(found), 1);
	kept.unshift(found);
	for (const old of kept.splice(KEPT)) old.close();
	return found;
}
