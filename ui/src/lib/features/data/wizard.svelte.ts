import { ApiError, asError, isAbort } from '#lib/api/client.ts';
import { catalog } from '#lib/state/catalog.svelte.ts';
import { workspace } from '#lib/state/workspace.svelte.ts';
import * as calls from './calls.ts';
import { nameOf, nameProblem, refusal } from './files.ts';
import { latest } from './latest.ts';
import { lockboxText, type LockboxKind } from './lockbox.ts';
import { obstacle } from './problems.ts';
import { tidy } from './options.ts';
import type { Dataset, ImportOptions, ImportProgress, Preview } from './types.ts';

const ASK_MS = 300;

/** Where a file is on its way to a data set. */
export type Step = 'pick' | 'sending' | 'review' | 'importing' | 'done';

interface Ask {
	handle: string;
	options: ImportOptions;
}

/**
 * A file becoming a data set. It outlives its page: an import goes on while one looks at others,
 * and is still there when one comes back.
 */
export class Wizard {
	step = $state<Step>('pick');
	source = $state.raw<calls.Source | null>(null);
	/** Share of the file that is sent. */
	sent = $state(0);
	/** What the user said about the file. */
	options = $state.raw<ImportOptions>({});
	/** The latest there is; a newer one may be on its way. */
	preview = $state.raw<Preview | null>(null);
	reading = $state(false);
	/** Why the file, or what was said about it, cannot be used. */
	error = $state.raw<Error | null>(null);
	/** Why the import itself failed; it can be tried again. */
	failure = $state.raw<Error | null>(null);
	name = $state('');
	kind = $state<LockboxKind>('share');
	day = $state('');
	/** It was tried to import. */
	tried = $state(false);
	progress = $state.raw<ImportProgress | null>(null);
	cancelling = $state(false);
	/** Said once after something ended early. */
	notice = $state<string | null>(null);
	made = $state.raw<Dataset | null>(null);
	/** The content of the data set of that name before. */
	before = $state<string | null>(null);

	readonly lockbox = $derived(lockboxText(this.kind, this.day));
	readonly wrongName = $derived(nameProblem(this.name.trim()));
	/** What the data set will be called. */
	readonly target = $derived(this.name.trim() || (this.source ? nameOf(this.source.name) : ''));
	/** Nothing is in the way of an import but the user. */
	readonly ready = $derived(!this.reading && !this.error && obstacle(this.preview, false) === null);

	#handle: string | null = null;
	#sending: AbortController | undefined;
	#id = '';
	#previews = latest<Ask, Preview>(
		({ handle, options }, signal) => calls.previewOf(handle, options, signal),
		(preview) => {
			[this.preview, this.error, this.reading] = [preview, null, false];
		},
		(thrown) => {
			[this.error, this.reading] = [asError(thrown), false];
		}
	);

	/** Begin anew, for a new version of a data set when its name is given. */
	begin(name = ''): void {
		this.reset();
		if (this.step === 'pick') this.name = name;
	}

	/** Begin with a file; `name` is that of a data set it is a new version of. */
	async take(source: calls.Source, name = this.name): Promise<void> {
		if (this.step === 'importing') return;
		this.reset();
		this.name = name;
		this.source = source;
		const size = 'file' in source ? source.file.size : undefined;
		const refused = 'file' in source ? refusal({ name: source.name, size }) : null;
		if (refused) this.error = new Error(refused);
		else if ('file' in source) await this.#send(source.file);
		else this.#hold(source.handle);
	}

	async #send(file: File): Promise<void> {
		const call = (this.#sending = new AbortController());
		[this.step, this.sent] = ['sending', 0];
		try {
			const held = await calls.upload(file, (share) => (this.sent = share), call.signal);
			if (!call.signal.aborted) this.#hold(held.handle);
		} catch (thrown) {
			if (call.signal.aborted || isAbort(thrown)) return;
			[this.step, this.error] = ['pick', asError(thrown)];
		}
	}

	#hold(handle: string): void {
		this.#handle = handle;
		this.step = 'review';
		this.#read(true);
	}

	#read(now: boolean): void {
		if (!this.#handle) return;
		this.reading = true;
		this.#previews.ask({ handle: this.#handle, options: this.options }, now);
	}

	/** Say something else about the file; typed text waits for a pause. */
	change(options: ImportOptions, now = true): void {
		const next = tidy(options);
		if (JSON.stringify(next) === JSON.stringify(this.options)) return;
		[this.options, this.notice, this.failure] = [next, null, null];
		this.#read(now);
	}

	/** Read the file again as it is. */
	again(): void {
		this.#read(true);
	}

	/** Make the data set. */
	async start(): Promise<void> {
		this.tried = true;
		const { lockbox } = this;
		if (!this.ready || !lockbox || this.wrongName || this.step !== 'review') return;
		this.#id = calls.importId();
		this.before = workspace.datasets.find((d) => d.name === this.target)?.fingerprint ?? null;
		const order = {
			handle: this.#handle as string,
			name: this.name.trim(),
			lockbox,
			options: this.options,
			import_id: this.#id
		};
		[this.step, this.failure, this.notice] = ['importing', null, null];
		[this.progress, this.cancelling] = [null, false];
		const timer = setInterval(() => void this.#ask(), ASK_MS);
		try {
			this.made = await calls.importFile(order);
			this.step = 'done';
			catalog.forget();
			await workspace.reload();
		} catch (thrown) {
			this.#failed(thrown);
		} finally {
			clearInterval(timer);
		}
	}

	#failed(thrown: unknown): void {
		this.step = 'review';
		if (thrown instanceof ApiError && thrown.code === 'cancelled')
			this.notice = 'The import was cancelled; nothing of it was kept.';
		else this.failure = asError(thrown);
	}

	async #ask(): Promise<void> {
		const id = this.#id;
		// The answer of the import itself tells when something is wrong.
		const progress = await calls.progressOf(id).catch(() => null);
		if (progress && id === this.#id && this.step === 'importing') this.progress = progress;
	}

	async cancel(): Promise<void> {
		this.cancelling = true;
		// It may have ended meanwhile, which its own answer tells.
		await calls.cancelImport(this.#id).catch(() => (this.cancelling = false));
	}

	/** Back to the beginning; an import that runs is left alone. */
	reset(): void {
		if (this.step === 'importing') return;
		this.#sending?.abort();
		this.#previews.stop();
		this.#handle = null;
		[this.step, this.source, this.preview, this.made] = ['pick', null, null, null];
		[this.options, this.error, this.failure, this.notice] = [{}, null, null, null];
		[this.reading, this.cancelling, this.progress] = [false, false, null];
		[this.name, this.kind, this.day, this.tried] = ['', 'share', '', false];
	}
}

export const wizard = new Wizard();
