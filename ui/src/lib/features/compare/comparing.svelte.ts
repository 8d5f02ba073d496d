import {
	api,
	asError,
	isAbort,
	unwrap,
	type Comparison,
	type StrategySummary
} from '#lib/api/client.ts';
import { SvelteMap } from 'svelte/reactivity';
import { nameOf, partsOf } from './address.ts';

/** Sliders are let come to rest. */
const REST_MS = 350;

/** Strategies seen together; it outlives its page, so that coming back shows it as it was left. */
class Comparing {
	names = $state.raw<readonly string[]>([]);
	answer = $state.raw<Comparison | null>(null);
	error = $state.raw<Error | null>(null);
	busy = $state(false);
	/** Of the blend of one's own; null while there is none. */
	weights = $state.raw<number[] | null>(null);
	/** What is known of a strategy before the comparison is there, by its name in the address. */
	readonly known = new SvelteMap<string, StrategySummary>();
	#call: AbortController | undefined;
	#timer: ReturnType<typeof setTimeout> | undefined;

	/** Compare these; the same again asks only for what failed. */
	show(names: readonly string[]): void {
		const same = names.join() === this.names.join();
		if (same && (this.answer || this.busy)) return;
		if (!same) [this.names, this.weights, this.answer] = [names, null, null];
		void this.ask();
	}

	/** A blend of one's own, or none. */
	weigh(weights: number[] | null): void {
		this.weights = weights;
		clearTimeout(this.#timer);
		this.#timer = setTimeout(() => void this.ask(), REST_MS);
	}

	async ask(): Promise<void> {
		clearTimeout(this.#timer);
		this.#call?.abort();
		const call = (this.#call = new AbortController());
		this.busy = this.names.length > 0;
		this.error = null;
		if (!this.busy) return;
		try {
			const body = { hashes: [...this.names], weights: this.weights };
			const answer = unwrap(await api.POST('/api/compare', { body, signal: call.signal }));
			if (call.signal.aborted) return;
			this.answer = answer;
			answer.items.forEach(({ strategy }, i) => this.known.set(this.names[i], strategy));
		} catch (thrown) {
			if (isAbort(thrown) || call.signal.aborted) return;
			this.error = asError(thrown);
		}
		this.busy = false;
	}

	/** The short name of each, unlike all the others: its hash, with the run where it is there twice. */
	labels = $derived(labelsOf(this.names));
}

/** Short names that tell the strategies apart. */
export function labelsOf(names: readonly string[]): string[] {
	const hashes = names.map((name) => partsOf(name).hash);
	return names.map((name, i) => {
		const { hash, run } = partsOf(name);
		const twice = hashes.indexOf(hash) !== hashes.lastIndexOf(hash);
		return nameOf(hash.slice(0, 12), twice && run ? run.slice(-6) : undefined) || `${i + 1}`;
	});
}

export const comparing = new Comparing();
