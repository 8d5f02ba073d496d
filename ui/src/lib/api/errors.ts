/** What an answer other than success becomes: a sentence for people, a code for programs. */

export interface Problem {
	code: string;
	message: string;
	start?: number | null;
	end?: number | null;
	suggestions?: string[] | null;
	detail?: unknown;
}

/** A failed call. `status` is 0 when no answer came; `start` and `end` are places in the text sent. */
export class ApiError extends Error {
	readonly status: number;
	readonly code: string;
	readonly start?: number;
	readonly end?: number;
	readonly suggestions: string[];
	readonly detail?: unknown;

	constructor(status: number, problem: Problem) {
		super(problem.message);
		this.name = 'ApiError';
		this.status = status;
		this.code = problem.code;
		this.start = problem.start ?? undefined;
		this.end = problem.end ?? undefined;
		this.suggestions = problem.suggestions ?? [];
		this.detail = problem.detail ?? undefined;
	}

	/** The engine is not there: worth trying again without changing anything. */
	get offline(): boolean {
		return this.status === 0 || this.status === 503;
	}
}

const isProblem = (body: unknown): body is Problem =>
	typeof body === 'object' &&
	body !== null &&
	typeof (body as Problem).code === 'string' &&
	typeof (body as Problem).message === 'string';

/** The error of an answer, whatever its body is. */
export function problemOf(status: number, body: unknown): ApiError {
	if (isProblem(body)) return new ApiError(status, body);
	return new ApiError(status, {
		code: `http_${status}`,
		message: `The engine answered with status ${status} and no explanation. Try again; if it stays, the log says more.`
	});
}

export const offlineError = (): ApiError =>
	new ApiError(0, {
		code: 'offline',
		message: 'The engine does not answer. It may be starting or may have been closed.'
	});

/** Anything thrown, as an error with a sentence. */
export const asError = (thrown: unknown): Error =>
	thrown instanceof Error ? thrown : new Error(String(thrown));

/** An abandoned call is no failure. */
export const isAbort = (thrown: unknown): boolean =>
	thrown instanceof DOMException && thrown.name === 'AbortError';
