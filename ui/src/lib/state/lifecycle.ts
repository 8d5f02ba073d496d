/** What begins with the page: connections, what every page needs, and its answers to news. */
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import { api, type Job } from '#lib/api/client.ts';
import { count } from '#lib/utils/format.ts';
import { access } from './access.svelte.ts';
import { catalog } from './catalog.svelte.ts';
import { conventions } from './conventions.svelte.ts';
import { desk } from './desk.svelte.ts';
import { frame } from './frame.svelte.ts';
import { settings } from './settings.svelte.ts';
import { theme } from './theme.svelte.ts';
import { toasts } from './toasts.svelte.ts';
import { workspace } from './workspace.svelte.ts';

const HEALTH_MS = 30_000;

/** Begin; gives the function that ends it. */
export function begin(): () => void {
	frame.restore();
	const stops = [theme.start()];
	if (access.state === 'granted') {
		void load();
		stops.push(
			desk.start(),
			desk.on('hello', greeted),
			desk.on('ended', told),
			desk.on('opened', imported),
			desk.on('offered', offered)
		);
		const timer = setInterval(() => void refreshHealth(), HEALTH_MS);
		stops.push(() => clearInterval(timer));
		void painted();
	}
	return () => stops.forEach((stop) => stop());
}

async function load(): Promise<void> {
	await Promise.all([
		settings.load(),
		workspace.reload(),
		conventions.load().catch(() => undefined)
	]);
}

function greeted({ restarted }: { restarted: boolean }): void {
	const incomplete = workspace.error !== null || settings.error !== null;
	if (!restarted && !incomplete) return;
	catalog.forget();
	void load();
}

async function refreshHealth(): Promise<void> {
	if (document.hidden || !desk.connected) return;
	// The banner tells when the engine is gone.
	await workspace.loadHealth().catch(() => undefined);
}

/** Tell the window that there is something to look at. */
async function painted(): Promise<void> {
	await new Promise(requestAnimationFrame);
	await new Promise(requestAnimationFrame);
	await api.POST('/api/desktop/ready').catch(() => undefined);
}

const ENDS: Partial<Record<Job['status'], string>> = {
	done: 'finished',
	failed: 'failed',
	interrupted: 'was interrupted'
};

function told({ job }: { job: Job }): void {
	const end = ENDS[job.status];
	const href = resolve('/jobs/[id]', { id: job.job_id });
	void workspace.reload();
	if (!end || location.pathname === href) return;
	toasts.show({
		title: `The ${job.type === 'train' ? 'training' : job.type} ${end}`,
		text: job.message ?? `${count(job.processed)} processed`,
		tone: job.status === 'done' ? 'ok' : 'bad',
		action: { label: 'Open', run: () => void goto(href) }
	});
}

function imported({ name }: { name: string }): void {
	catalog.forget();
	void workspace.reload();
	toasts.show({
		title: `The data set ${name} was imported`,
		tone: 'ok',
		action: { label: 'Use it', run: () => void workspace.choose(name) }
	});
}

/** The import page asks what the file does not say. */
function offered({ handle, name }: { handle: string; name: string }): void {
	const query = new URLSearchParams({ handle, name });
	void goto(resolve(`/data/import?${query}`));
}
