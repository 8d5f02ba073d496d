import { ApiError, asError } from '#lib/api/client.ts';
import { datasetDetail, qualityOf } from './calls.ts';
import type { DatasetDetail, Quality } from './types.ts';

/** What the pages of one data set know of it; the report takes longer than the rest. */
export class Report {
	detail = $state.raw<DatasetDetail | null>(null);
	quality = $state.raw<Quality | null>(null);
	error = $state.raw<Error | null>(null);
	qualityError = $state.raw<Error | null>(null);
	missing = $derived(this.error instanceof ApiError && this.error.status === 404);
	#name = '';
	#call: AbortController | undefined;

	/** @param judged whether the quality report is wanted, too. */
	constructor(private readonly judged: boolean) {}

	async show(name: string): Promise<void> {
		if (name !== this.#name) this.detail = this.quality = null;
		this.#name = name;
		await this.load();
	}

	async load(): Promise<void> {
		this.#call?.abort();
		const { signal } = (this.#call = new AbortController());
		this.error = this.qualityError = null;
		const told = datasetDetail(this.#name, signal).then(
			(detail) => signal.aborted || (this.detail = detail),
			(thrown: unknown) => signal.aborted || (this.error = asError(thrown))
		);
		const judged =
			this.judged &&
			qualityOf(this.#name, signal).then(
				(quality) => signal.aborted || (this.quality = quality),
				(thrown: unknown) => signal.aborted || (this.qualityError = asError(thrown))
			);
		await Promise.all([told, judged]);
	}

	stop(): void {
		this.#call?.abort();
	}
}
