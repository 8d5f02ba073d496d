import type { StrategySummary } from '#lib/api/client.ts';
import { SvelteMap } from 'svelte/reactivity';

/** Runs chosen in the list, by `run_id`; they stay chosen while one looks at something else. */
class Selection {
	readonly runs = new SvelteMap<string, StrategySummary>();
	readonly size = $derived(this.runs.size);

	choose(rows: readonly StrategySummary[], on: boolean): void {
		for (const row of rows) {
			if (on) this.runs.set(row.run_id, row);
			else this.runs.delete(row.run_id);
		}
	}
	clear(): void {
		this.runs.clear();
	}
}

export const selection = new Selection();
