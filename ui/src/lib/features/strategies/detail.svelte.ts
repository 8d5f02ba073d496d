import {
	api,
	ApiError,
	asError,
	unwrap,
	type Certificate,
	type Strategy,
	type Tearsheet
} from '#lib/api/client.ts';
import { Seal } from '#lib/features/luck/seal.svelte.ts';

/** One strategy as its page shows it: what is known of it, and the curves of one of its runs. */
export class Detail {
	strategy = $state.raw<Strategy | null>(null);
	sheet = $state.raw<Tearsheet | null>(null);
	error = $state.raw<Error | null>(null);
	sheetError = $state.raw<Error | null>(null);
	missing = $derived(
		this.error instanceof ApiError && (this.error.status === 404 || this.error.status === 422)
	);
	/** The lockbox of its data. */
	readonly seal = new Seal();
	#call: AbortController | undefined;
	#hash = '';
	#run: string | undefined;

	/** Show a run, the newest one unless told; what is there stays until the answer comes. */
	async show(hash: string, run?: string): Promise<void> {
		if (hash !== this.#hash) this.strategy = this.sheet = null;
		[this.#hash, this.#run] = [hash, run];
		await this.load();
	}

	async load(): Promise<void> {
		this.#call?.abort();
		const { signal } = (this.#call = new AbortController());
		const params = { path: { expr_hash: this.#hash }, query: { run: this.#run } };
		this.error = this.sheetError = null;
		const sheet = api.GET('/api/strategies/{expr_hash}/tearsheet', { params, signal });
		const strategy = api.GET('/api/strategies/{expr_hash}', { params, signal });
		const [told, drawn] = await Promise.allSettled([
			strategy.then((answer) => unwrap(answer)),
			sheet.then((answer) => unwrap(answer))
		]);
		if (signal.aborted) return;
		if (told.status === 'rejected') {
			// What is shown stays whole: never the numbers of one run beside the curves of another.
			this.error = asError(told.reason);
			return;
		}
		this.strategy = told.value;
		this.sheet = drawn.status === 'fulfilled' ? drawn.value : null;
		if (drawn.status === 'rejected') this.sheetError = asError(drawn.reason);
		this.seal.show(told.value);
	}

	stop(): void {
		this.#call?.abort();
		this.seal.stop();
	}

	async setTags(tags: string[]): Promise<void> {
		const now = this.strategy;
		if (!now) return;
		this.#patch(now, { tags });
		try {
			const answer = await api.POST('/api/strategies/{expr_hash}/tags', {
				params: { path: { expr_hash: now.expr_hash } },
				body: { tags }
			});
			this.#patch(now, { tags: unwrap(answer).tags });
		} catch (thrown) {
			this.#patch(now, { tags: now.tags });
			throw thrown;
		}
	}

	async setNote(note: string): Promise<void> {
		const now = this.strategy;
		if (!now) return;
		const answer = await api.POST('/api/strategies/{expr_hash}/note', {
			params: { path: { expr_hash: now.expr_hash } },
			body: { note }
		});
		this.#patch(now, { note: unwrap(answer).note });
	}

	async prove(): Promise<Certificate> {
		const now = this.strategy as Strategy;
		const answer = await api.POST('/api/strategies/{expr_hash}/lookahead', {
			params: { path: { expr_hash: now.expr_hash } }
		});
		const lookahead = unwrap(answer);
		this.#patch(now, { lookahead });
		return lookahead;
	}

	/** Only what changed: the answers are about the newest run, which may not be the one shown. */
	#patch(of: Strategy, change: Partial<Strategy>): void {
		if (this.strategy?.expr_hash === of.expr_hash) this.strategy = { ...this.strategy, ...change };
	}
}
