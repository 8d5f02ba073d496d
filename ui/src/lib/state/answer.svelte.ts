import { asError, isAbort } from '#lib/api/errors.ts';
import { untrack } from 'svelte';

type Ask<T> = (signal: AbortSignal) => Promise<T>;

/** One answer of the engine: the one that came last, what went wrong, and asking again.
 *
 * In an effect `return answer.ask(...)`: what the call reads is what it is asked again for, and it
 * is given up when the effect is. */
export class Answer<T> {
	data = $state.raw<T | null>(null);
	error = $state.raw<Error | null>(null);
	busy = $state(false);
	#call: AbortController | undefined;
	#last: Ask<T> | undefined;

	/** Ask; an answer at hand stays until the next one comes when `keep`, else it goes away. */
	ask(ask: Ask<T>, keep = false): () => void {
		const call = this.#begin(ask, keep);
		void this.#settle(ask(call.signal), call);
		return () => call.abort();
	}

	/** The same once more. */
	async again(): Promise<void> {
		const ask = this.#last;
		if (!ask) return;
		const call = this.#begin(ask, true);
		await this.#settle(ask(call.signal), call);
	}

	/** As if nothing had been asked. */
	forget(): void {
		untrack(() => {
			this.#call?.abort();
			this.#call = this.#last = undefined;
			[this.data, this.error, this.busy] = [null, null, false];
		});
	}

	#begin(ask: Ask<T>, keep: boolean): AbortController {
		return untrack(() => {
			this.#call?.abort();
			this.#last = ask;
			if (!keep) this.data = null;
			[this.error, this.busy] = [null, true];
			return (this.#call = new AbortController());
		});
	}

	async #settle(answer: Promise<T>, call: AbortController): Promise<void> {
		try {
			const data = await answer;
			if (!call.signal.aborted) this.data = data;
		} catch (thrown) {
			if (!call.signal.aborted && !isAbort(thrown)) this.error = asError(thrown);
		} finally {
			if (this.#call === call) this.busy = false;
		}
	}
}
