import { SvelteMap } from 'svelte/reactivity';

export interface Block<T> {
	items: T[];
	total: number;
}
export type Fetcher<T> = (offset: number, limit: number, signal: AbortSignal) => Promise<Block<T>>;

/** Rows of a long server-side list, fetched in blocks as they come into view.
 *
 * Blocks that are no longer wanted before they came are given up; while such a flight through the
 * list lasts, new ones are asked for only once it rests, so that dragging the scroll bar over
 * 100,000 rows does not ask for all of them. */
export class BlockRows<T> {
	total = $state(0);
	/** The last failure; rows that came earlier stay. */
	error = $state.raw<Error | null>(null);
	/** The first answer is there. */
	ready = $state(false);
	/** The rows shown belong to an earlier question, until the new answer comes. */
	stale = $state(false);
	/** Counts the questions asked: whoever shows the rows goes back to the first. */
	question = $state(0);

	#blocks = new SvelteMap<number, T[]>();
	// Not read by any view, so plain.
	/* eslint-disable svelte/prefer-svelte-reactivity */
	#used = new Map<number, number>();
	#pending = new Map<number, AbortController>();
	#failed = new Set<number>();
	/* eslint-enable svelte/prefer-svelte-reactivity */
	#clock = 0;
	#window: [number, number] = [0, 0];
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(
		private readonly fetcher: Fetcher<T>,
		readonly size = 100,
		private readonly keep = 40,
		private readonly rest = 60
	) {}

	row(index: number): T | undefined {
		return this.#blocks.get(Math.floor(index / this.size))?.[index % this.size];
	}

	/** Rows `first` to `last` are, or are about to be, in view. Resolves once asked-for blocks came. */
	async need(first: number, last: number): Promise<void> {
		this.#window = [
			Math.floor(Math.max(0, first) / this.size),
			Math.floor(Math.max(first, last, 0) / this.size)
		];
		for (let b = this.#window[0]; b <= this.#window[1]; b++) this.#used.set(b, ++this.#clock);
		let left = false;
		for (const [b, call] of this.#pending)
			if (b < this.#window[0] || b > this.#window[1]) {
				call.abort();
				this.#pending.delete(b);
				left = true;
			}
		if (left || this.#timer !== undefined) return this.#later();
		await this.#load();
	}

	/** Another question: its first rows are asked for.
	 *
	 * Until the answer comes the old rows stay (`stale`), so that nothing flickers. */
	reset(): void {
		this.#window = [0, 0];
		this.question++;
		this.#again();
	}

	/** The same question again: new rows take the place of old ones without a gap. */
	refresh(): void {
		this.#again();
	}

	#again(): void {
		this.#stop();
		this.#failed.clear();
		this.error = null;
		this.stale = true;
		void this.#load(true);
	}

	/** Ask again for what failed. */
	retry(): void {
		this.#failed.clear();
		this.error = null;
		void this.#load(this.stale);
	}

	/** Ask for nothing more; for when the list leaves the page. */
	stop(): void {
		this.#stop();
	}

	#stop(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		for (const call of this.#pending.values()) call.abort();
		this.#pending.clear();
	}

	#later(): Promise<void> {
		clearTimeout(this.#timer);
		return new Promise((done) => {
			this.#timer = setTimeout(() => {
				this.#timer = undefined;
				void this.#load().then(done);
			}, this.rest);
		});
	}

	async #load(anew = false): Promise<void> {
		const wanted: number[] = [];
		for (let b = this.#window[0]; b <= this.#window[1]; b++)
			if (
				(anew || this.stale || !this.#blocks.has(b)) &&
				!this.#pending.has(b) &&
				!this.#failed.has(b)
			)
				wanted.push(b);
		await Promise.all(wanted.map((b) => this.#fetch(b)));
	}

	async #fetch(block: number): Promise<void> {
		const call = new AbortController();
		this.#pending.set(block, call);
		try {
			const page = await this.fetcher(block * this.size, this.size, call.signal);
			if (!call.signal.aborted) this.#put(block, page);
		} catch (e) {
			if (call.signal.aborted) return;
			this.#failed.add(block);
			this.error = e instanceof Error ? e : new Error(String(e));
		} finally {
			if (this.#pending.get(block) === call) this.#pending.delete(block);
		}
	}

	#put(block: number, page: Block<T>): void {
		if (this.stale) this.#blocks.clear();
		this.stale = false;
		this.ready = true;
		this.error = null;
		this.total = page.total;
		this.#blocks.set(block, page.items);
		if (this.#blocks.size <= this.keep) return;
		const age = (b: number) => this.#used.get(b) ?? 0;
		const oldest = [...this.#blocks.keys()].reduce((a, b) => (age(b) < age(a) ? b : a));
		this.#blocks.delete(oldest);
		this.#used.delete(oldest);
	}
}
