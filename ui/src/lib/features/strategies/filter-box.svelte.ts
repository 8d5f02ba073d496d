import { api, ApiError, isAbort, unwrap } from '#lib/api/client.ts';

const TYPING_MS = 250;
const PATIENCE_MS = 600;

/** A filter being written: taken over when the server understands it, else told what is wrong.
 *
 * While somebody types, a half-written condition is no mistake: what is wrong shows only once the
 * keys rest. */
export class FilterBox {
	text = $state('');
	error = $state.raw<ApiError | null>(null);
	#timer: ReturnType<typeof setTimeout> | undefined;
	#call: AbortController | undefined;
	#applied = '';

	constructor(private readonly onapply: (filter: string) => void) {}

	/** The filter in force, from the address. */
	follow(applied: string): void {
		if (applied === this.#applied) return;
		this.stop();
		this.#applied = applied;
		this.text = applied;
		this.error = null;
	}

	typed(): void {
		this.error = null;
		this.#later(() => void this.#ask(PATIENCE_MS), TYPING_MS);
	}

	apply(): void {
		this.stop();
		void this.#ask(0);
	}

	/** Another text, taken over at once. */
	set(text: string): void {
		this.text = text;
		this.apply();
	}

	stop(): void {
		clearTimeout(this.#timer);
		this.#call?.abort();
	}

	async #ask(patience: number): Promise<void> {
		const filter = this.text.trim();
		if (filter === this.#applied) return;
		const call = new AbortController();
		this.#call = call;
		try {
			if (filter) {
				const query = { filter, limit: 1 };
				unwrap(await api.GET('/api/strategies', { params: { query }, signal: call.signal }));
			}
			if (call.signal.aborted) return;
			this.error = null;
			this.#applied = filter;
			this.onapply(filter);
		} catch (thrown) {
			if (call.signal.aborted || isAbort(thrown)) return;
			// Anything but a complaint about the filter is for the table to show.
			if (!(thrown instanceof ApiError) || thrown.code !== 'filter') return this.onapply(filter);
			this.#later(() => (this.error = thrown), patience);
		}
	}

	#later(act: () => void, ms: number): void {
		this.stop();
		if (ms === 0) act();
		else this.#timer = setTimeout(act, ms);
	}
}
