import { api, ApiError, asError, isAbort, unwrap } from '#lib/api/client.ts';
import type { BacktestAnswer, BookParams, BookParamsInput } from '#lib/api/client.ts';
import { Checker } from '#lib/editor/checker.svelte.ts';
import type { Handover } from './link.ts';
import { changes, DEFAULTS, fieldError, type ParamName } from './params.ts';

/** One run of this session. */
export interface Attempt {
	id: number;
	at: number;
	/** As it was written. */
	expr: string;
	params: BookParamsInput;
	answer: BacktestAnswer;
}

const KEPT = 10;

/** The page for trying expressions. It outlives the page: coming back finds everything as it was. */
class Bench {
	expr = $state('');
	/** null: the chosen data set. */
	dataset = $state<string | null>(null);
	params = $state<BookParams>({ ...DEFAULTS });
	runs = $state.raw<Attempt[]>([]);
	shown = $state.raw<Attempt | null>(null);
	/** The run before the shown one, drawn behind it. */
	before = $state.raw<Attempt | null>(null);
	running = $state(false);
	saving = $state(false);
	problem = $state.raw<Error | null>(null);
	panel = $state('settings');
	browsing = $state(false);
	log = $state(false);
	readonly check = new Checker();
	wrong = $derived(this.problem instanceof ApiError ? fieldError(this.problem) : null);
	changed = $derived(Object.keys(changes(this.params)) as ParamName[]);
	/** What was changed since the shown run, so that nobody takes it for the result of it. */
	drift = $derived.by(() => {
		const [run, expr] = [this.shown, this.expr.trim()];
		if (!run || !expr || this.running) return null;
		if (run.expr !== expr) return 'expression';
		const same =
			JSON.stringify(run.params) === JSON.stringify(changes(this.params)) &&
			(this.dataset ?? run.answer.dataset) === run.answer.dataset;
		return same ? null : 'settings';
	});
	#call: AbortController | null = null;
	#handed = '';
	#last = 0;

	/** Take what another page handed over, once for each address. */
	take(handover: Handover, address: string): boolean {
		if (address === this.#handed) return false;
		this.#handed = address;
		this.expr = handover.expr;
		if (handover.dataset) this.dataset = handover.dataset;
		if (handover.params) this.params = { ...DEFAULTS, ...(handover.params as Partial<BookParams>) };
		this.problem = null;
		return true;
	}

	reset(name?: ParamName): void {
		this.params = name ? { ...this.params, [name]: DEFAULTS[name] } : { ...DEFAULTS };
		if (!name || this.wrong?.name === name) this.problem = null;
	}

	/** Test what is written; a run on its way is given up. */
	async run(): Promise<void> {
		const expr = this.expr.trim();
		if (!expr) return;
		const params = changes($state.snapshot(this.params));
		this.running = true;
		const answer = await this.#ask({ expr, params, dataset: this.dataset });
		if (!answer) return;
		const attempt = { id: ++this.#last, at: Date.now(), expr, params, answer };
		this.before = this.shown;
		this.shown = attempt;
		this.runs = [attempt, ...this.runs].slice(0, KEPT);
	}

	cancel(): void {
		this.#call?.abort();
		this.#call = null;
		this.running = false;
	}

	/** Back to a run: what it showed, and what led to it. */
	recall(attempt: Attempt): void {
		this.cancel();
		this.problem = null;
		if (attempt !== this.shown) this.before = this.shown;
		this.shown = attempt;
		this.expr = attempt.expr;
		this.dataset = attempt.answer.dataset;
		this.params = { ...DEFAULTS, ...(attempt.params as Partial<BookParams>) };
	}

	/** Keep the shown run in the library; throws what went wrong. */
	async save(): Promise<BacktestAnswer | null> {
		const attempt = this.shown;
		if (!attempt || this.saving) return null;
		const { expr, params, answer } = attempt;
		this.saving = true;
		try {
			const body = { expr, params, dataset: answer.dataset, persist: true };
			const saved = unwrap(await api.POST('/api/backtest', { body }));
			const kept = { ...attempt, answer: saved };
			this.runs = this.runs.map((run) => (run.id === attempt.id ? kept : run));
			if (this.shown?.id === attempt.id) this.shown = kept;
			return saved;
		} finally {
			this.saving = false;
		}
	}

	async #ask(body: {
		expr: string;
		params: BookParamsInput;
		dataset: string | null;
	}): Promise<BacktestAnswer | null> {
		this.#call?.abort();
		const call = (this.#call = new AbortController());
		try {
			const answer = unwrap(await api.POST('/api/backtest', { body, signal: call.signal }));
			if (call !== this.#call) return null;
			this.problem = null;
			return answer;
		} catch (thrown) {
			if (call === this.#call && !isAbort(thrown)) this.problem = asError(thrown);
			return null;
		} finally {
			if (call === this.#call) this.running = false;
		}
	}
}

export const bench = new Bench();
