import { describe, expect, it } from 'vitest';
import type { Job } from '#lib/api/client.ts';
import { elapsed, estimate, meanRate } from './pace.ts';

const job = (over: Partial<Job> = {}): Job =>
	({
		status: 'done',
		started_at: '2026-01-01T00:00:00Z',
		finished_at: '2026-01-01T00:00:10Z',
		processed: 100,
		attempt: 1,
		workers: 2,
		dataset: 'a',
		...over
	}) as Job;

describe('elapsed', () => {
	it('goes from the start to the end', () => expect(elapsed(job(), 0)).toBe(10));
	it('goes on while the job runs', () => {
		const now = Date.parse('2026-01-01T00:00:25Z');
		expect(elapsed(job({ status: 'running', finished_at: null }), now)).toBe(25);
	});
	it('is nothing before the start', () => {
		expect(elapsed(job({ started_at: null }), 0)).toBeNull();
		expect(elapsed(job({ status: 'queued' }), 0)).toBeNull();
	});
	it('is never below zero, whatever the clocks say', () => {
		expect(elapsed(job({ finished_at: '2025-12-31T00:00:00Z' }), 0)).toBe(0);
	});
});

describe('meanRate', () => {
	it('is what was done by the time it took', () => expect(meanRate(job(), 0)).toBe(10));
	it('is unknown for a job that was resumed', () => {
		expect(meanRate(job({ attempt: 2 }), 0)).toBeNull();
	});
	it('is unknown before anything is done', () => {
		expect(meanRate(job({ processed: 0 }), 0)).toBeNull();
	});
});

describe('estimate', () => {
	const ask = { n: 1000, dataset: 'a', workers: 2 };
	it('takes the middle of past rates', () => {
		const jobs = [job(), job({ processed: 400 }), job({ processed: 200 })];
		expect(estimate(jobs, ask)).toEqual({ seconds: 50, rate: 20, jobs: 3 });
	});
	it('scales with the workers', () => {
		expect(estimate([job()], { ...ask, workers: 4 })).toEqual({ seconds: 50, rate: 20, jobs: 1 });
	});
	it('looks only at finished jobs on the same data, large enough to tell', () => {
		const jobs = [job({ dataset: 'b' }), job({ status: 'cancelled' }), job({ processed: 19 })];
		expect(estimate(jobs, ask)).toBeNull();
	});
	it('looks at the last five', () => {
		const jobs = [...Array(5).fill(job()), ...Array(9).fill(job({ processed: 1000 }))];
		expect(estimate(jobs, ask)?.rate).toBe(10);
	});
});
