import { beforeEach, describe, expect, it, vi } from 'vitest';
import { JobStream } from './job-stream.svelte.ts';
import { backoff, Stream } from './stream.svelte.ts';

class FakeSocket {
	static all: FakeSocket[] = [];
	static get last(): FakeSocket {
		return FakeSocket.all.at(-1) as FakeSocket;
	}
	static open = (url: string, protocols: string[]): WebSocket =>
		new FakeSocket(url, protocols) as unknown as WebSocket;
	onopen?: () => void;
	onmessage?: (message: { data: string }) => void;
	onclose?: (event: { code: number }) => void;
	closed = false;

	constructor(
		readonly url: string,
		readonly protocols: string[]
	) {
		FakeSocket.all.push(this);
	}
	close(): void {
		this.closed = true;
	}
	cut(code = 1006): void {
		this.onclose?.({ code });
	}
	send(frame: unknown): void {
		this.onopen?.();
		this.onmessage?.({ data: JSON.stringify(frame) });
	}
}

interface Event {
	type: string;
	seq: number;
}
const progress = (...seqs: number[]): Event[] => seqs.map((seq) => ({ type: 'progress', seq }));

function started() {
	const got: number[] = [];
	const stream = new Stream<Event>({
		path: '/api/jobs/j/stream',
		onevents: (events) => got.push(...events.map((e) => e.seq)),
		resume: true,
		ends: true,
		open: FakeSocket.open
	});
	stream.connect();
	return { stream, got };
}

beforeEach(() => {
	FakeSocket.all = [];
	vi.useFakeTimers();
	vi.stubGlobal('location', { origin: 'http://127.0.0.1:9' });
});

describe('a stream', () => {
	it('asks for what follows the last event seen, and drops what it has', () => {
		const { stream, got } = started();
		FakeSocket.last.send(progress(1, 2));
		FakeSocket.last.cut();
		expect([stream.state, stream.attempt]).toEqual(['retrying', 1]);
		vi.advanceTimersByTime(300);
		expect(FakeSocket.last.url).toBe('ws://127.0.0.1:9/api/jobs/j/stream?since=2');
		FakeSocket.last.send(progress(2, 3));
		FakeSocket.last.send(progress(3, 4));
		expect([stream.state, stream.attempt, got]).toEqual(['open', 0, [1, 2, 3, 4]]);
	});

	it('ends at a normal close and at no other', () => {
		const { stream } = started();
		FakeSocket.last.send(progress(1));
		FakeSocket.last.cut(1013);
		vi.advanceTimersByTime(300);
		FakeSocket.last.cut(1000);
		vi.advanceTimersByTime(60_000);
		expect([stream.state, stream.unknown, FakeSocket.all.length]).toEqual(['ended', false, 2]);
	});

	it('ends when there is no such thing', () => {
		const { stream } = started();
		FakeSocket.last.cut(4404);
		vi.advanceTimersByTime(60_000);
		expect([stream.state, stream.unknown, FakeSocket.all.length]).toEqual(['ended', true, 1]);
	});

	it('asks again for a hole in the numbers, once', () => {
		const { stream, got } = started();
		FakeSocket.last.send(progress(1, 2, 5, 6));
		expect([got, FakeSocket.last.closed, stream.state]).toEqual([[1, 2], true, 'retrying']);
		vi.advanceTimersByTime(300);
		expect(FakeSocket.last.url).toMatch(/since=2$/);
		FakeSocket.last.send(progress(5, 6));
		expect([got, stream.missed, stream.state]).toEqual([[1, 2, 5, 6], 2, 'open']);
	});

	it('goes on where the server says after a gap', () => {
		const { stream, got } = started();
		FakeSocket.last.send(progress(1, 2, 3, 4));
		FakeSocket.last.send([{ type: 'gap', seq: 2, from: 3, to: 4 }]);
		FakeSocket.last.send(progress(3));
		expect([got, stream.seq, stream.missed]).toEqual([[1, 2, 3, 4, 2, 3], 3, 0]);
	});

	it('ignores a socket it has left', () => {
		const { stream, got } = started();
		const [old] = FakeSocket.all;
		old.send(progress(1));
		stream.close();
		stream.connect();
		old.send(progress(2));
		old.cut();
		expect([got, stream.state, FakeSocket.all.length]).toEqual([[1], 'connecting', 2]);
	});

	it('can be told not to wait', () => {
		const { stream } = started();
		for (let i = 0; i < 6; i++) {
			FakeSocket.last.cut();
			stream.retryNow();
		}
		expect([stream.attempt, stream.state, FakeSocket.all.length]).toEqual([6, 'connecting', 7]);
	});

	it('carries the key as a protocol', () => {
		started();
		expect(FakeSocket.last.protocols).toEqual(['kvant.v1', 'tok.']);
	});
});

describe('the wait before a retry', () => {
	it('doubles to a ceiling', () =>
		expect([0, 1, 2, 4, 5, 99].map((n) => backoff(n, 1))).toEqual([
			250, 500, 1000, 4000, 5000, 5000
		]));
	it('is jittered by a quarter at most', () => expect(backoff(1, 0)).toBe(375));
});

describe('a job', () => {
	const base = { job_id: 'j', timestamp: '2026-01-01T00:00:00Z' };

	it('is told apart by kind', () => {
		const job = new JobStream('j', FakeSocket.open);
		job.connect();
		FakeSocket.last.send([
			{ ...base, seq: 1, type: 'phase', phase: 'generate', count: 2, rejected: {} },
			{ ...base, seq: 2, type: 'result', expr_hash: 'a', sharpe: 1 },
			{ ...base, seq: 3, type: 'progress', processed: 1 },
			{ ...base, seq: 4, type: 'progress', processed: 2 },
			{ ...base, seq: 5, type: 'log', level: 'info', message: 'hello' }
		]);
		FakeSocket.last.send([
			{ ...base, seq: 6, type: 'result', expr_hash: 'b', sharpe: null },
			{ ...base, seq: 7, type: 'summary', elapsed_s: 1, count: 2, best: 'a' },
			{ ...base, seq: 8, type: 'status', status: 'done' }
		]);
		expect({
			results: job.results.map((e) => e.expr_hash),
			phases: job.phases.map((e) => e.phase),
			progress: job.progress?.processed,
			logs: job.logs,
			best: job.summary?.best,
			status: job.status,
			seq: job.seq
		}).toEqual({
			results: ['a', 'b'],
			phases: ['generate'],
			progress: 2,
			logs: [
				{ seq: 5, ts: base.timestamp, level: 'info', job_id: 'j', event: 'log', message: 'hello' }
			],
			best: 'a',
			status: 'done',
			seq: 8
		});
	});

	it('forgets what the store has lost', () => {
		const job = new JobStream('j', FakeSocket.open);
		job.connect();
		const result = (seq: number) => ({ ...base, seq, type: 'result', expr_hash: `h${seq}` });
		FakeSocket.last.send([result(1), result(2), { ...base, seq: 3, type: 'progress' }]);
		FakeSocket.last.send([{ ...base, seq: 1, type: 'gap', from: 2, to: 3 }, result(2)]);
		expect([job.results.map((e) => e.seq), job.progress]).toEqual([[1, 2], null]);
	});
});
