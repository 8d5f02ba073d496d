import { describe, expect, it } from 'vitest';
import type { Job, PhaseEvent, ProgressEvent } from '#lib/api/client.ts';
import { amount, phaseName, progressText, rateText, reading, steps } from './progress.ts';

const job = (over: Partial<Job> = {}) =>
	({
		status: 'running',
		processed: 40,
		total: 100,
		started_at: null,
		finished_at: null,
		...over
	}) as Job;
const progress = (over: Partial<ProgressEvent> = {}) =>
	({ processed: 50, total: 100, rate: 12.3, eta_s: 72, elapsed_s: 4, ...over }) as ProgressEvent;

describe('reading of a job', () => {
	it('takes the newer of stream and job', () => {
		expect(reading(job(), progress())).toEqual({
			share: 0.5,
			processed: 50,
			total: 100,
			rate: 12.3,
			eta: 72,
			elapsed: 4
		});
		expect(reading(job({ processed: 60 }), progress()).share).toBe(0.6);
	});
	it('has no share while the end is unknown', () =>
		expect([reading(job({ total: null })).share, reading(job({ total: 0 })).share]).toEqual([
			null,
			null
		]));
	it('is full when done and forgets the rate', () =>
		expect(reading(job({ status: 'done' }), progress())).toMatchObject({
			share: 1,
			rate: null,
			eta: null
		}));
	it('keeps the place of a job that failed', () =>
		expect([
			reading(job({ status: 'failed' })).share,
			reading(job({ status: 'failed', total: null })).share
		]).toEqual([0.4, 0]));
	it('measures a finished job', () =>
		expect(
			reading(
				job({
					status: 'done',
					started_at: '2026-01-01T00:00:00Z',
					finished_at: '2026-01-01T00:01:05Z'
				})
			).elapsed
		).toBe(65));
});

it('speaks', () => {
	const read = reading(job(), progress());
	expect(progressText(job(), read, 'backtest')).toBe(
		'Running, backtest, 50 of 100, about 1 min 12 s left'
	);
	expect(
		progressText(
			job({ status: 'queued', processed: 0, total: null }),
			reading(job({ status: 'queued', processed: 0, total: null }))
		)
	).toBe('Queued');
	expect([
		amount({ ...read, total: null }),
		rateText(3.21),
		rateText(1234),
		phaseName('look_up')
	]).toEqual(['50', '3.2 per second', '1,234 per second', 'Look up']);
});

it('marks the phase under way', () => {
	const phases = [
		{ phase: 'generate', count: 10, rejected: { duplicate: 3, constant: 2 } },
		{ phase: 'backtest', count: 10, rejected: {} }
	] as unknown as PhaseEvent[];
	expect(steps(phases, 'running').map((s) => [s.name, s.state, s.rejected])).toEqual([
		['Generate', 'done', 5],
		['Backtest', 'current', 0]
	]);
	expect([steps(phases, 'done')[1].state, steps(phases, 'failed')[1].state]).toEqual([
		'done',
		'stopped'
	]);
});
