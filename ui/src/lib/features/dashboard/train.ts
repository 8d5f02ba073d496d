/** One click to a first training. */
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import { api, unwrap, type Job } from '#lib/api/client.ts';
import { desk } from '#lib/state/desk.svelte.ts';

export const FIRST_TRAINING = 200;

const MOST_SEEDS = 2 ** 31;

/** Start a training of random candidates and go where it can be watched. */
export async function trainNow(dataset?: string | null): Promise<Job> {
	const seed = Math.floor(Math.random() * MOST_SEEDS);
	const body = { n: FIRST_TRAINING, seed, ...(dataset ? { dataset } : {}) };
	// A request sent twice for one click is one job.
	const headers = { 'Idempotency-Key': `train-${Date.now()}-${seed}` };
	const job = unwrap(await api.POST('/api/jobs/train', { body, headers }));
	desk.note(job);
	await goto(resolve('/jobs/[id]', { id: job.job_id }));
	return job;
}
