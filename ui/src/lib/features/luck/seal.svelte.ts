import type { Strategy } from '#lib/api/client.ts';
import { Answer } from '#lib/state/answer.svelte.ts';
import { datesOf, lockboxOf, overfitting } from './calls.ts';
import type { Lockbox } from './wire.ts';

interface Sealed {
	run: string;
	lockbox: Lockbox;
	/** Locked dates in the run. */
	seen: number;
}

/** The lockbox of the data of a run, and how many of its dates the run has seen. */
export class Seal {
	#answer = new Answer<Sealed>();
	#data = '';
	#run = $state.raw('');

	/** Null while it is not known. */
	get lockbox(): Lockbox | null {
		return this.#answer.data?.lockbox ?? null;
	}
	get seen(): number {
		const found = this.#answer.data;
		return found?.run === this.#run ? found.seen : 0;
	}
	get error(): Error | null {
		return this.#answer.error;
	}

	show(s: Strategy): void {
		const same = s.fingerprint === this.#data;
		[this.#data, this.#run] = [s.fingerprint, s.run_id];
		this.#answer.ask((signal) => look(s, signal), same);
	}

	/** Somebody may have opened it. */
	async again(): Promise<void> {
		await this.#answer.again();
	}

	stop(): void {
		this.#answer.forget();
	}
}

/** Of the version the run is from; that of the version in use is told faster. */
async function look(s: Strategy, signal: AbortSignal): Promise<Sealed> {
	const lockbox = s.data.is_current
		? await lockboxOf(s.data.name, signal)
		: (await overfitting(s, signal)).lockbox;
	const { start } = lockbox;
	// The run may end before its data do.
	const dates = start !== null && s.spec.last_date >= start ? await datesOf(s, signal) : [];
	return {
		run: s.run_id,
		lockbox,
		seen: dates.filter((day) => start !== null && day >= start).length
	};
}
