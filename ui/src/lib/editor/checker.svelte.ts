import { api, asError, isAbort, unwrap, type Check } from '#lib/api/client.ts';
import { findings, type Finding } from './spans.ts';

type Ask = (expr: string, dataset: string | null, signal: AbortSignal) => Promise<Check>;

/** Ask the engine about texts of our own language, or of another one. */
export const asking =
	(dialect: 'alpha101' | null = null): Ask =>
	async (expr, dataset, signal) =>
		unwrap(await api.POST('/api/config/check', { body: { expr, dataset, dialect }, signal }));

interface Question {
	text: string;
	dataset: string | null;
	/** When it came up. */
	since: number;
}

const same = (a: Question, b: Question): boolean => a.text === b.text && a.dataset === b.dataset;

/**
 * What the engine thinks of the text being written. It is asked at once, one question at a time:
 * while an answer is on its way only the last text is remembered, and an answer to another text than
 * the one that stands there is never shown.
 */
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
	#last: Question | null = null;
	#running: { question: Question; abort: AbortController } | null = null;

	constructor(
		private readonly send: Ask = asking(),
		/** A question older than this is given up for a newer one. */
		private readonly patience = 300
	) {}

	/** The text or the data set changed. */
	look(text: string, dataset: string | null): void {
		const question = { text, dataset, since: performance.now() };
		if (this.#last && same(this.#last, question) && !this.failure) return;
		this.#last = question;
		if (this.#running && (!text.trim() || this.#outlived(question))) this.#giveUp();
		if (!text.trim()) return this.#settle(text, null);
		this.pending = true;
		if (!this.#running) void this.#ask(question);
	}

	/** Whether the text is known to be fine, or not to be. */
	knows(text: string): boolean {
		return this.answer !== null && this.text === text;
	}

	/** Forget the question on its way. */
	stop(): void {
		this.#giveUp();
		if (this.pending) this.#last = null;
		this.pending = false;
	}

	#outlived({ dataset, since }: Question): boolean {
		const old = this.#running?.question;
		return !!old && (dataset !== old.dataset || since - old.since > this.patience);
	}

	#giveUp(): void {
		this.#running?.abort.abort();
		this.#running = null;
	}

	async #ask(question: Question): Promise<void> {
		const running = (this.#running = { question, abort: new AbortController() });
		const { text, dataset } = question;
		let [answer, failure]: [Check | null, Error | null] = [null, null];
		try {
			answer = await this.send(text, dataset, running.abort.signal);
		} catch (thrown) {
			failure = isAbort(thrown) ? null : asError(thrown);
		}
		if (running !== this.#running) return;
		this.#running = null;
		const last = this.#last ?? question;
		if (!same(last, question)) return void this.#ask(last);
		this.took = performance.now() - last.since;
		this.#settle(text, answer, failure);
	}

	#settle(text: string, answer: Check | null, failure: Error | null = null): void {
		this.text = text;
		this.answer = answer;
		this.failure = failure;
		this.pending = false;
	}
}
