import { api, unwrap, type Job, type JobStatus } from '#lib/api/client.ts';
import { Stream } from '#lib/api/stream.svelte.ts';
import { SvelteMap } from 'svelte/reactivity';

interface DeskEvents {
	/** The engine is there (again); `restarted` when it is another start than before. */
	hello: { boot_id: string; version: string; restarted: boolean };
	job: { job: Job };
	/** A job that ran here came to its end. */
	ended: { job: Job };
	close_requested: object;
	opened: { name: string };
	/** A file was handed over that cannot be imported without an answer. */
	offered: { handle: string; name: string };
}
type Raw = {
	type: string;
	boot_id?: string;
	version?: string;
	job?: Job;
	name?: string;
	handle?: string;
};
type Listener<K extends keyof DeskEvents> = (event: DeskEvents[K]) => void;

const ACTIVE: readonly JobStatus[] = ['queued', 'running'];
export const isActive = (job: Pick<Job, 'status'>): boolean => ACTIVE.includes(job.status);

/** What happens in the engine besides the page's own calls. */
class Desk {
	jobs = new SvelteMap<string, Job>();
	closeRequested = $state(false);
	/** Queued and running, the oldest first. */
	running = $derived(
		[...this.jobs.values()]
			.filter(isActive)
			.sort((a, b) => a.created_at.localeCompare(b.created_at))
	);
	/** Whether there has been a connection at all. */
	met = $state(false);
	#boot: string | null = null;
	#listeners: { [K in keyof DeskEvents]?: Listener<K>[] } = {};
	#stream = new Stream<Raw>({
		path: '/api/stream',
		onevents: (all) => all.forEach((e) => this.#take(e))
	});

	get connected(): boolean {
		return this.#stream.state === 'open';
	}
	get attempt(): number {
		return this.#stream.attempt;
	}
	/** Milliseconds until the next try at the time of asking; null when none is planned. */
	get retryIn(): number | null {
		const at = this.#stream.retryAt;
		return at === null ? null : Math.max(0, at - Date.now());
	}

	/** Listen; call once, from the root layout. */
	start(): () => void {
		this.#stream.connect();
		return () => this.#stream.close();
	}
	retryNow(): void {
		this.#stream.retryNow();
	}

	/** Hear of one kind of event; gives the function that stops it. */
	on<K extends keyof DeskEvents>(type: K, listener: Listener<K>): () => void {
		const known = (this.#listeners[type] ??= []) as Listener<K>[];
		known.push(listener);
		return () => void known.splice(known.indexOf(listener), 1);
	}

	/** Take a job the page got as an answer; the stream only tells of changes. */
	note(job: Job): void {
		const before = this.jobs.get(job.job_id);
		this.jobs.set(job.job_id, job);
		this.#emit('job', { job });
		if (before && isActive(before) && !isActive(job)) this.#emit('ended', { job });
	}

	async loadJobs(): Promise<void> {
		const { items } = unwrap(await api.GET('/api/jobs', { params: { query: { limit: 50 } } }));
		for (const job of items) this.note(job);
	}

	#take(event: Raw): void {
		if (event.type === 'hello') this.#hello(event.boot_id ?? '', event.version ?? '');
		else if (event.type === 'job' && event.job) this.note(event.job);
		else if (event.type === 'close_requested') {
			this.closeRequested = true;
			this.#emit('close_requested', {});
		} else if (event.type === 'opened') this.#emit('opened', { name: event.name ?? '' });
		else if (event.type === 'offered')
			this.#emit('offered', { handle: event.handle ?? '', name: event.name ?? '' });
	}

	#hello(boot_id: string, version: string): void {
		const restarted = this.#boot !== null && this.#boot !== boot_id;
		this.#boot = boot_id;
		this.met = true;
		this.#emit('hello', { boot_id, version, restarted });
		// What was missed while the line was down; the next hello tries again if this fails.
		this.loadJobs().catch(() => undefined);
	}

	#emit<K extends keyof DeskEvents>(type: K, event: DeskEvents[K]): void {
		const known = (this.#listeners[type] ?? []) as Listener<K>[];
		for (const listener of [...known]) listener(event);
	}
}

export const desk = new Desk();
