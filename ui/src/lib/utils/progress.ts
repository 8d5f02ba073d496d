/** How long a job will still take. */
import type { Job } from '#lib/api/client.ts';

/** Seconds left if it goes on as so far; null when there is nothing to tell from. */
export function remaining(
	job: Pick<Job, 'status' | 'progress' | 'started_at'>,
	now = Date.now()
): number | null {
	if (job.status !== 'running' || !job.started_at || job.progress <= 0.01) return null;
	const elapsed = (now - Date.parse(job.started_at)) / 1000;
	if (!Number.isFinite(elapsed) || elapsed <= 0) return null;
	return (elapsed * (1 - job.progress)) / job.progress;
}
