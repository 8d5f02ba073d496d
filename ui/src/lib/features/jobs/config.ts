/** What a job was asked for, as it is stored. */
import type { Job, TrainRequest } from '#lib/api/client.ts';

export interface StoredConfig extends Omit<TrainRequest, 'dataset' | 'workers'> {
	params?: NonNullable<TrainRequest['params']>;
}
export const configOf = (job: Job): StoredConfig =>
	((job.params as { config?: StoredConfig }).config ?? {}) as StoredConfig;
