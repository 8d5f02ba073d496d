import type {
	JobEvent,
	JobStatus,
	LogEvent,
	LogLine,
	PhaseEvent,
	ProgressEvent,
	ResultEvent,
	SummaryEvent
} from './client.ts';
import { Stream, type StreamOptions } from './stream.svelte.ts';

const MOST_LOGS = 10_000;

/** What a job tells about itself, live and complete: it starts at its first event. */
export class JobStream {
	results = $state.raw<ResultEvent[]>([]);
	phases = $state.raw<PhaseEvent[]>([]);
	logs = $state.raw<LogLine[]>([]);
	progress = $state.raw<ProgressEvent | null>(null);
	summary = $state.raw<SummaryEvent | null>(null);
	status = $state<JobStatus | null>(null);
	#stream: Stream<JobEvent>;

	constructor(
		readonly jobId: string,
		open?: StreamOptions<JobEvent>['open']
	) {
		this.#stream = new Stream<JobEvent>({
			path: `/api/jobs/${encodeURIComponent(jobId)}/stream`,
			onevents: (events) => this.#take(events),
			resume: true,
			ends: true,
			open
		});
	}

	get state() {
		return this.#stream.state;
	}
	get attempt() {
		return this.#stream.attempt;
	}
	get missed() {
		return this.#stream.missed;
	}
	/** There is no such job. */
	get unknown() {
		return this.#stream.unknown;
	}
	get seq() {
		return this.#stream.seq;
	}

	connect(): void {
		this.#stream.connect();
	}
	close(): void {
		this.#stream.close();
	}

	/** What the store no longer has did not happen: it may do it again, otherwise. */
	#forget(after: number): void {
		const kept = ({ seq }: { seq: number }) => seq <= after;
		this.results = this.results.filter(kept);
		this.phases = this.phases.filter(kept);
		this.logs = this.logs.filter(kept);
		if (this.progress && !kept(this.progress)) this.progress = null;
		if (this.summary && !kept(this.summary)) this.summary = null;
	}

	/** One assignment per frame, so that ten thousand results cost a copy per frame, not per event. */
	#take(events: JobEvent[]): void {
		const gap = events.find((e) => e.type === 'gap');
		if (gap) this.#forget(gap.seq);
		const results = events.filter((e) => e.type === 'result');
		const phases = events.filter((e) => e.type === 'phase');
		const logs = events.filter((e) => e.type === 'log').map(asLine);
		if (results.length) this.results = this.results.concat(results);
		if (phases.length) this.phases = this.phases.concat(phases);
		if (logs.length) this.logs = this.logs.concat(logs).slice(-MOST_LOGS);
		for (const event of events) {
			if (event.type === 'progress') this.progress = event;
			else if (event.type === 'summary') this.summary = event;
			else if (event.type === 'status') this.status = event.status as JobStatus;
		}
	}
}

const asLine = ({ seq, timestamp, level, job_id, message }: LogEvent) => ({
	seq,
	ts: timestamp,
	level,
	job_id,
	event: 'log',
	message
});
