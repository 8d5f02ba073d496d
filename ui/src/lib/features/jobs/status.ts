/** The tabs over the jobs, and the picture of each state. */
import type { Job, JobStatus } from '#lib/api/client.ts';
import type { Icon } from '#lib/pages.ts';
import Ban from '@lucide/svelte/icons/ban';
import CircleCheck from '@lucide/svelte/icons/circle-check';
import CirclePause from '@lucide/svelte/icons/circle-pause';
import CircleX from '@lucide/svelte/icons/circle-x';
import Clock from '@lucide/svelte/icons/clock';
import LoaderCircle from '@lucide/svelte/icons/loader-circle';

export const ICONS: Record<JobStatus, Icon> = {
	queued: Clock,
	running: LoaderCircle,
	done: CircleCheck,
	failed: CircleX,
	cancelled: Ban,
	interrupted: CirclePause
};

export const TABS = ['all', 'active', 'done', 'stopped', 'failed'] as const;
export type JobTab = (typeof TABS)[number];

export const TAB_LABELS: Record<JobTab, string> = {
	all: 'All',
	active: 'Running and queued',
	done: 'Done',
	stopped: 'Stopped',
	failed: 'Failed'
};

const MEMBERS: Record<Exclude<JobTab, 'all'>, readonly JobStatus[]> = {
	active: ['queued', 'running'],
	done: ['done'],
	stopped: ['cancelled', 'interrupted'],
	failed: ['failed']
};

export const inTab = (tab: JobTab, { status }: Pick<Job, 'status'>): boolean =>
	tab === 'all' || MEMBERS[tab].includes(status);

/** Whether the engine would go on with the job. */
export const canResume = ({ status }: Pick<Job, 'status'>): boolean =>
	status === 'cancelled' || status === 'interrupted' || status === 'failed';
