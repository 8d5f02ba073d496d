import { api, asError, isAbort, unwrap, type Check } from '#lib/api/client.ts';
import { findings, type Finding } from './spans.ts';

type Ask = (expr: string, dataset: string | null, signal: AbortSignal) => Promise<Check>;

async function ask(expr: string, dataset: string | null, signal: AbortSignal): Promise<Check> {
	return unwrap(await api.POST('/api/config/check', { body: { expr, dataset }, signal }));
}

/** What the engine thinks of the text being written: one question at a time, after a short rest. */
export class Checker {
	/** The last answer, and the text it is about. */
	answer = $state.raw<Check | null>(null);
	text = $state('');
	pending = $state(false);
	/** The engine could not be asked. */
	failure = $state.raw<Error | null>(null);
	found: Finding[] = $derived(findings(this.answer, this.text));
	/** From the last change of the text to the answer, in ms. */
	took = 0;
	#dataset: string | null = null;
	#asked: string | null = null;
	#timer: ReturnType<typeof setTimeout> | undefined;
	#running: AbortController | undefined;

	constructor(
		private readonly rest = 120,
		private readonly send: Ask = ask
	) {}

	/** The text or the data set changed. The first question does not wait. */
	look(text: string, dataset: string | null): void {
		if (text === this.#asked && dataset === this.#dataset && !this.failure) return;
		const wait = this.#asked === null || dataset !== this.#dataset ? 0 : this.rest;
		this.stop();
		[this.#asked, this.#dataset] = [text, dataset];
		if (!text.trim()) return this.#settle(text, null);
		this.pending = true;
		const since = performance.now();
		this.#timer = setTimeout(() => void this.#ask(text, dataset, since), wait);
	}

	/** Whether the text is known to be fine, or not to be. */
	knows(text: string): boolean {
		return this.answer !== null && this.text === text;
	}

	/** Forget the question on its way. */
	stop(): void {
		clearTimeout(this.#timer);
		this.#running?.abort();
		if (this.pending) this.#asked = null;
		this.pending = false;
	}

	async #ask(text: string, dataset: string | null, since: number): Promise<void> {
		const running = (this.#running = new AbortController());
		try {
			const answer = await this.send(text, dataset, running.signal);
			if (running.signal.aborted) return;
			this.took = performance.now() - since;
			this.#settle(text, answer);
		} catch (thrown) {
			if (running.signal.aborted || isAbort(thrown)) return;
			this.#settle(text, null, asError(thrown));
		}
	}

	#settle(text: string, answer: Check | null, failure: Error | null = null): void {
		this.text = text;
		this.answer = answer;
		this.failure = failure;
		this.pending = false;
	}
}
