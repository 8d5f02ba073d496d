/** Sockets that come back by themselves. */
import { token } from './token.ts';

export type StreamState = 'idle' | 'connecting' | 'open' | 'retrying' | 'ended';

/** What every frame consists of; events of a job are numbered without holes. */
export interface Frame {
	type: string;
	seq?: number;
}

export interface StreamOptions<T extends Frame> {
	/** Of the API: "/api/jobs/x/stream". */
	path: string;
	/** Events not seen before, in order, one call per frame. */
	onevents: (events: T[]) => void;
	/** Ask for the events after the last one seen; off for streams without numbers. */
	resume?: boolean;
	/** Whether the server's normal close means the end. */
	ends?: boolean;
	since?: number;
	open?: (url: string, protocols: string[]) => WebSocket;
}

const FLOOR = 250;
const CEILING = 5000;
const NORMAL = 1000;
const NO_SUCH_THING = 4404;

/** Milliseconds before retry `attempt`, counted from 0: doubled to a ceiling, then jittered. */
export const backoff = (attempt: number, random = Math.random()): number =>
	Math.min(CEILING, FLOOR * 2 ** Math.min(attempt, 10)) * (0.75 + random / 4);

/**
 * One subscription. A cut socket is opened again with `since` the last event seen; events that
 * come twice are dropped, and a hole in the numbers asks again for what is missing.
 */
export class Stream<T extends Frame> {
	state = $state<StreamState>('idle');
	/** Retries since the last frame arrived. */
	attempt = $state(0);
	/** Time of the next retry, in the clock of `Date.now()`. */
	retryAt = $state<number | null>(null);
	/** Events asked for twice in vain. */
	missed = $state(0);
	/** The server knows nothing of what was asked for. */
	unknown = $state(false);
	seq: number;
	#socket?: WebSocket;
	#timer?: ReturnType<typeof setTimeout>;
	#asked = 0;

	constructor(private readonly options: StreamOptions<T>) {
		this.seq = options.since ?? 0;
	}

	/** Open it; a no-op while it is open or waiting for its next try. */
	connect(): void {
		if (this.state === 'connecting' || this.state === 'open') return;
		this.#clear();
		this.state = 'connecting';
		const open = this.options.open ?? ((url, protocols) => new WebSocket(url, protocols));
		const socket = open(this.#url(), ['kvant.v1', `tok.${token() ?? ''}`]);
		this.#socket = socket;
		socket.onopen = () => {
			if (this.#socket === socket) this.state = 'open';
		};
		socket.onmessage = (message: MessageEvent<string>) => {
			if (this.#socket === socket) this.#take(message.data);
		};
		socket.onclose = ({ code }) => {
			if (this.#socket !== socket) return;
			this.unknown = code === NO_SUCH_THING;
			if (this.unknown || (this.options.ends && code === NORMAL)) this.close();
			else this.#retry();
		};
	}

	close(): void {
		this.#clear();
		this.#socket?.close();
		this.#socket = undefined;
		this.state = 'ended';
	}

	/** Do not wait for the next try. */
	retryNow(): void {
		if (this.state === 'retrying') this.connect();
	}

	#url(): string {
		const at = location.origin.replace(/^http/, 'ws') + this.options.path;
		return this.options.resume ? `${at}?since=${this.seq}` : at;
	}

	#take(data: string): void {
		const parsed = JSON.parse(data) as T | T[];
		this.attempt = 0;
		const fresh: T[] = [];
		for (const event of Array.isArray(parsed) ? parsed : [parsed]) {
			const verdict = this.options.resume ? this.#place(event) : 'new';
			if (verdict === 'new') fresh.push(event);
			if (verdict === 'hole') {
				if (fresh.length) this.options.onevents(fresh);
				this.#socket?.close();
				this.#retry();
				return;
			}
		}
		if (fresh.length) this.options.onevents(fresh);
	}

	#place(event: T): 'new' | 'old' | 'hole' {
		if (event.type === 'gap') {
			// The store knows less than we do, or has forgotten: it says where it goes on.
			this.seq = event.seq ?? this.seq;
			return 'new';
		}
		const seq = event.seq ?? this.seq + 1;
		if (seq <= this.seq) return 'old';
		if (seq > this.seq + 1) {
			// Asked for already and still not there: it is lost.
			if (this.#asked !== this.seq + 1) {
				this.#asked = this.seq + 1;
				return 'hole';
			}
			this.missed += seq - this.seq - 1;
		}
		this.seq = seq;
		return 'new';
	}

	#retry(): void {
		this.#clear();
		this.#socket = undefined;
		const delay = backoff(this.attempt++);
		this.state = 'retrying';
		this.retryAt = Date.now() + delay;
		this.#timer = setTimeout(() => this.connect(), delay);
	}

	#clear(): void {
		clearTimeout(this.#timer);
		this.retryAt = null;
	}
}
