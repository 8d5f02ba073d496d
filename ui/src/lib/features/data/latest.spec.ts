import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { latest } from './latest.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Work that answers when told to, and remembers its signals. */
function slow() {
	const calls: { what: string; signal: AbortSignal; answer: (text: string) => void }[] = [];
	const work = (what: string, signal: AbortSignal) =>
		new Promise<string>((answer) => calls.push({ what, signal, answer }));
	return { calls, work };
}

describe('latest', () => {
	it('waits for a pause', async () => {
		const { calls, work } = slow();
		const it = latest(work, vi.fn(), vi.fn(), 300);
		it.ask('a');
		await vi.advanceTimersByTimeAsync(200);
		it.ask('ab');
		await vi.advanceTimersByTimeAsync(299);
		expect(calls).toHaveLength(0);
		await vi.advanceTimersByTimeAsync(1);
		expect(calls.map((call) => call.what)).toEqual(['ab']);
	});
	it('gives up the one before and never hears of it again', async () => {
		const { calls, work } = slow();
		const done = vi.fn();
		const it = latest(work, done, vi.fn(), 0);
		it.ask('first', true);
		it.ask('second', true);
		expect(calls[0].signal.aborted).toBe(true);
		calls[1].answer('two');
		calls[0].answer('one');
		await vi.runAllTimersAsync();
		expect(done.mock.calls).toEqual([['two']]);
	});
	it('tells of a failure, but not of one that was given up', async () => {
		const failed = vi.fn();
		const it = latest((what: string) => Promise.reject(new Error(what)), vi.fn(), failed, 0);
		it.ask('old', true);
		it.ask('new', true);
		await vi.runAllTimersAsync();
		expect(failed.mock.calls.map(([error]) => (error as Error).message)).toEqual(['new']);
	});
	it('stops', async () => {
		const { calls, work } = slow();
		const it = latest(work, vi.fn(), vi.fn(), 10);
		it.ask('a');
		it.stop();
		await vi.runAllTimersAsync();
		expect(calls).toHaveLength(0);
	});
});
