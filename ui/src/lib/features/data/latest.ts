/** Work that follows what is typed: a short wait, the latest wins, the one before is given up. */
import { isAbort } from '#lib/api/client.ts';

export interface Latest<T> {
	/** Do it for this after a pause in which nothing newer came. */
	ask: (what: T, now?: boolean) => void;
	/** Give up what is waiting or on its way. */
	stop: () => void;
}

/** `work` gives the result, `done` and `failed` hear of the latest one only. */
export function latest<T, R>(
	work: (what: T, signal: AbortSignal) => Promise<R>,
	done: (result: R) => void,
	failed: (thrown: unknown) => void,
	wait_ms = 300
): Latest<T> {
	let call: AbortController | undefined;
	let timer: ReturnType<typeof setTimeout> | undefined;

	async function run(what: T) {
		const mine = (call = new AbortController());
		try {
			const result = await work(what, mine.signal);
			if (!mine.signal.aborted) done(result);
		} catch (thrown) {
			if (!mine.signal.aborted && !isAbort(thrown)) failed(thrown);
		}
	}
	function stop() {
		clearTimeout(timer);
		call?.abort();
	}
	function ask(what: T, now = false) {
		stop();
		if (now) void run(what);
		else timer = setTimeout(() => void run(what), wait_ms);
	}
	return { ask, stop };
}
