import { columnsOf, DEFAULT_COLUMNS } from '#lib/components/strategies/columns.ts';
import { workspace } from '#lib/state/workspace.svelte.ts';
import { withColumn } from './column-order.ts';

const KEY = 'kvant.columns';

/** The columns shown; kept in the page's own storage, which is only a cache. */
class ChosenColumns {
	#chosen = $state.raw<readonly string[] | null>(read());
	/** With one data set its name in every row says nothing. */
	#usual = $derived(
		DEFAULT_COLUMNS.filter((key) => key !== 'dataset' || workspace.datasets.length > 1)
	);
	keys = $derived<readonly string[]>(this.#chosen ?? this.#usual);

	has(key: string): boolean {
		return this.keys.includes(key);
	}

	/** Show or hide one; the expression stays. */
	toggle(key: string): void {
		if (key === 'expr') return;
		this.#set(this.has(key) ? this.keys.filter((k) => k !== key) : withColumn(this.keys, key));
	}

	reset(): void {
		this.#set(null);
	}

	#set(keys: readonly string[] | null): void {
		this.#chosen = keys;
		try {
			localStorage.setItem(KEY, keys?.join(',') ?? '');
		} catch {
			// Without storage they last as long as the page.
		}
	}
}

function read(): readonly string[] | null {
	try {
		const keys = columnsOf((localStorage.getItem(KEY) ?? '').split(',')).map((c) => c.key);
		return keys.includes('expr') ? keys : null;
	} catch {
		return null;
	}
}

export const chosenColumns = new ChosenColumns();
