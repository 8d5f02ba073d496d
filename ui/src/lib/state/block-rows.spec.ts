import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BlockRows, type Block } from './block-rows.svelte.ts';

const block = (offset: number, limit: number, total = 1000, plus = 0): Block<number> => ({
	items: Array.from({ length: limit }, (_, i) => offset + i + plus),
	total
});
const make = (log: number[]) =>
	new BlockRows<number>(async (offset, limit) => (log.push(offset), block(offset, limit)), 10, 3);

/** A server that answers when told to. */
function slow() {
	const asked: {
		offset: number;
		signal: AbortSignal;
		answer: (plus?: number) => Promise<void>;
		fail: () => Promise<void>;
	}[] = [];
	const rows = new BlockRows<number>(
		(offset, limit, signal) =>
			new Promise((resolve, reject) => {
				const settle = () => vi.advanceTimersByTimeAsync(0).then(() => undefined);
				asked.push({
					offset,
					signal,
					answer: (plus = 0) => (resolve(block(offset, limit, 1000, plus)), settle()),
					fail: () => (reject(new Error('gone')), settle())
				});
			}),
		10,
		3
	);
	return { rows, asked };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('rows fetched in blocks', () => {
	it('fetches each block once', async () => {
		const log: number[] = [];
		const rows = make(log);
		await Promise.all([rows.need(0, 15), rows.need(5, 12)]);
		expect(log).toEqual([0, 10]);
		expect([rows.row(0), rows.row(15), rows.row(25), rows.total]).toEqual([0, 15, undefined, 1000]);
	});
	it('drops the block least recently in view past its limit', async () => {
		const rows = make([]);
		for (const i of [0, 10, 20, 0, 30]) await rows.need(i, i);
		expect([0, 10, 20, 30].map((i) => rows.row(i))).toEqual([0, undefined, 20, 30]);
	});
	it('gives up what left the view, and asks again once the view rests', async () => {
		const { rows, asked } = slow();
		void rows.need(0, 9);
		for (const i of [100, 200, 300]) void rows.need(i, i + 9);
		expect(asked.map((a) => [a.offset, a.signal.aborted])).toEqual([[0, true]]);
		await vi.advanceTimersByTimeAsync(100);
		expect(asked.map((a) => a.offset)).toEqual([0, 300]);
		await asked[0].answer();
		expect(rows.ready).toBe(false);
		await asked[1].answer();
		expect([rows.row(0), rows.row(300)]).toEqual([undefined, 300]);
	});
	it('keeps old rows until a new question is answered', async () => {
		const { rows, asked } = slow();
		void rows.need(0, 9);
		await asked[0].answer();
		rows.reset();
		expect([rows.row(3), rows.stale, asked.length]).toEqual([3, true, 2]);
		await asked[1].answer(500);
		expect([rows.row(3), rows.stale]).toEqual([503, false]);
	});
	it('never shows the answer to an earlier question', async () => {
		const { rows, asked } = slow();
		void rows.need(0, 9);
		rows.reset();
		await asked[1].answer(500);
		await asked[0].answer();
		expect([asked[0].signal.aborted, rows.row(0)]).toEqual([true, 500]);
	});
	it('tells of a failure once and tries again when asked to', async () => {
		const { rows, asked } = slow();
		void rows.need(0, 9);
		await asked[0].fail();
		void rows.need(0, 9);
		expect([rows.error?.message, rows.ready, asked.length]).toEqual(['gone', false, 1]);
		rows.retry();
		await asked[1].answer();
		expect([rows.error, rows.row(9)]).toEqual([null, 9]);
	});
	it('asks for nothing after it was stopped', async () => {
		const { rows, asked } = slow();
		void rows.need(0, 9);
		void rows.need(100, 109);
		rows.stop();
		await vi.advanceTimersByTimeAsync(500);
		expect(asked.map((a) => a.signal.aborted)).toEqual([true]);
	});
});
