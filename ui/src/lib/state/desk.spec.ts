import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Job } from '#lib/api/client.ts';

let socket: { onopen?: () => void; onmessage?: (m: object) => void; onclose?: (e: object) => void };
const sockets: string[] = [];
vi.stubGlobal(
	'WebSocket',
	class {
		constructor(url: string) {
			sockets.push(url);
			socket = this as typeof socket;
		}
		close() {}
	}
);
vi.stubGlobal('location', { origin: 'http://127.0.0.1:9' });
vi.stubGlobal(
	'fetch',
	vi.fn(() => Promise.resolve(Response.json({ items: [], total: 0, next: null })))
);
vi.mock('#lib/api/client.ts', () => ({
	api: { GET: () => Promise.resolve({}) },
	unwrap: () => ({ items: [] })
}));
const { desk, isActive } = await import('./desk.svelte.ts');

const job = (job_id: string, status: Job['status'], created_at = '2026') =>
	({ job_id, status, created_at }) as Job;
const tell = (event: object) => {
	socket.onopen?.();
	socket.onmessage?.({ data: JSON.stringify(event) });
};
let stop: () => void;
beforeEach(() => {
	vi.useFakeTimers();
	stop = desk.start();
});
afterEach(() => {
	stop();
	desk.jobs.clear();
});

it('keeps the last state of every job and tells when one ends', () => {
	const ended: string[] = [];
	const off = desk.on('ended', (event) => ended.push(event.job.job_id));
	tell({ type: 'job', job: job('b', 'running', '2026-02') });
	tell({ type: 'job', job: job('a', 'queued', '2026-01') });
	tell({ type: 'job', job: job('old', 'done') });
	expect(desk.running.map((j) => j.job_id)).toEqual(['a', 'b']);
	tell({ type: 'job', job: job('b', 'done', '2026-02') });
	tell({ type: 'job', job: job('b', 'done', '2026-02') });
	off();
	tell({ type: 'job', job: job('a', 'failed', '2026-01') });
	expect([desk.running, ended]).toEqual([[], ['b']]);
});

it('knows whether the engine was started again meanwhile', () => {
	const told: boolean[] = [];
	const off = desk.on('hello', ({ restarted }) => told.push(restarted));
	for (const boot_id of ['one', 'one', 'two']) {
		tell({ type: 'hello', boot_id, version: '0.1.0' });
		socket.onclose?.({ code: 1000 });
		vi.advanceTimersByTime(300);
	}
	off();
	expect([told, desk.met]).toEqual([[false, false, true], true]);
});

it('passes on what the window and the system ask for', () => {
	const opened: string[] = [];
	const off = desk.on('opened', ({ name }) => opened.push(name));
	tell({ type: 'close_requested' });
	tell({ type: 'opened', name: 'prices' });
	const offered: object[] = [];
	const leave = desk.on('offered', (file) => offered.push(file));
	tell({ type: 'offered', handle: 'h1', name: 'odd file.csv' });
	tell({ type: 'something new' });
	off();
	leave();
	expect([desk.closeRequested, opened]).toEqual([true, ['prices']]);
	expect(offered).toEqual([{ handle: 'h1', name: 'odd file.csv' }]);
	desk.closeRequested = false;
});

it('counts down to its next try', () => {
	tell({ type: 'hello', boot_id: 'two', version: '0.1.0' });
	expect([desk.connected, desk.retryIn]).toEqual([true, null]);
	socket.onclose?.({ code: 1006 });
	expect([desk.connected, desk.attempt, (desk.retryIn ?? 0) > 0]).toEqual([false, 1, true]);
	desk.retryNow();
	expect([desk.retryIn, sockets.at(-1)]).toEqual([null, 'ws://127.0.0.1:9/api/stream']);
});

it('takes queued and running for active', () =>
	expect(
		(['queued', 'running', 'done', 'interrupted'] as const).map((s) => isActive({ status: s }))
	).toEqual([true, true, false, false]));
