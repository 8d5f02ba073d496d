import { BlockRows } from '#lib/state/block-rows.svelte.ts';
import { sampleOf } from './calls.ts';
import { listText } from './rows-query.ts';
import type { SampleRow } from './types.ts';

export interface SampleAsked {
	name: string;
	symbols: readonly string[];
	start: string;
	end: string;
	columns: readonly string[];
}

/** The rows of a data set that answer a question, fetched as they come into view. */
export class Sample {
	/** The columns of the rows at hand, in their order. */
	columns = $state.raw<readonly string[]>([]);
	readonly rows: BlockRows<SampleRow>;
	#asked: SampleAsked | undefined;

	constructor() {
		this.rows = new BlockRows((offset, limit, signal) => this.#fetch(offset, limit, signal));
	}

	ask(asked: SampleAsked): void {
		if (JSON.stringify(asked) === JSON.stringify(this.#asked)) return;
		this.#asked = asked;
		this.rows.reset();
	}

	async #fetch(offset: number, limit: number, signal: AbortSignal) {
		const { name, symbols, columns, start, end } = this.#asked as SampleAsked;
		const found = await sampleOf(
			name,
			{
				symbols: listText(symbols) || undefined,
				columns: listText(columns) || undefined,
				start: start || undefined,
				end: end || undefined,
				offset,
				limit
			},
			signal
		);
		if (!signal.aborted) this.columns = found.columns;
		return found;
	}
}
