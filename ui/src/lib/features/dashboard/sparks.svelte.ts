import { api, unwrap, type StrategySummary } from '#lib/api/client.ts';
import { SvelteMap } from 'svelte/reactivity';

const POINTS = 60;
const AT_ONCE = 2;
const KEPT = 64;

/** Small equity curves of runs, two asked for at a time and kept. */
class Sparks {
	#curves = new SvelteMap<string, number[]>();
	#queue: StrategySummary[] = [];
	#busy = 0;

	of(run_id: string): number[] | undefined {
		return this.#curves.get(run_id);
	}

	/** These are shown now: what was asked for earlier and waits is not wanted any more. */
	want(runs: readonly StrategySummary[]): void {
		this.#queue = runs.filter((run) => !this.#curves.has(run.run_id));
		while (this.#busy < AT_ONCE && this.#queue.length) void this.#next();
	}

	async #next(): Promise<void> {
		const run = this.#queue.shift();
		if (!run) return;
		this.#busy++;
		try {
			const params = {
				path: { expr_hash: run.expr_hash },
				query: { points: POINTS, run: run.run_id }
			};
			const curve = unwrap(await api.GET('/api/strategies/{expr_hash}/curve', { params }));
			this.#keep(run.run_id, curve.equity);
		} catch {
			// A line that is missing says less than an error beside every number.
			this.#keep(run.run_id, []);
		} finally {
			this.#busy--;
			void this.#next();
		}
	}

	#keep(run_id: string, equity: number[]): void {
		this.#curves.set(run_id, equity);
		const [oldest] = this.#curves.keys();
		if (this.#curves.size > KEPT) this.#curves.delete(oldest);
	}
}

export const sparks = new Sparks();
