/** What can be done to a job. */
import { api, unwrap, type Job } from '#lib/api/client.ts';
import { desk } from '#lib/state/desk.svelte.ts';

const at = (job_id: string) => ({ params: { path: { job_id } } });

function noted(job: Job): Job {
	desk.note(job);
	return job;
}

export const fetchJob = async (id: string): Promise<Job> =>
	noted(unwrap(await api.GET('/api/jobs/{job_id}', at(id))));
export const cancelJob = async (id: string): Promise<Job> =>
	noted(unwrap(await api.POST('/api/jobs/{job_id}/cancel', at(id))));
export const resumeJob = async (id: string): Promise<Job> =>
	noted(unwrap(await api.POST('/api/jobs/{job_id}/resume', at(id))));
