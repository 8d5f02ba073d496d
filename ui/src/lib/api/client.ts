/** The typed client of the engine's HTTP API, and the names of what it answers. */
import createClient from 'openapi-fetch';
import { access } from '#lib/state/access.svelte.ts';
import { isAbort, offlineError, problemOf } from './errors.ts';
import type { components, paths } from './schema.d.ts';
import { token } from './token.ts';

export { ApiError, asError, isAbort } from './errors.ts';

export type Schemas = components['schemas'];

/** An answer: the server fills in every field, also those a request may leave out. */
export type Full<T> = T extends (infer U)[]
	? Full<U>[]
	: T extends object
		? { [K in keyof T]-?: Full<Exclude<T[K], undefined>> }
		: T;
type Answer<K extends keyof Schemas> = Full<Schemas[K]>;

export interface Page<T> {
	items: T[];
	total: number;
	next: number | null;
}

export type Aggregate = Answer<'Aggregate'>;
export type BacktestAnswer = Answer<'BacktestAnswer'>;
export type BlendCurve = Answer<'BlendCurve'>;
export type BookParams = Answer<'BookParams'>;
export type Candidate = Answer<'Candidate'>;
export type Certificate = Answer<'Certificate'>;
export type Check = Answer<'Check'>;
export type Compared = Answer<'Compared'>;
export type Comparison = Answer<'Comparison'>;
export type Complexity = Answer<'Complexity'>;
export type Dataset = Answer<'Dataset'>;
export type Deflated = Answer<'Deflated'>;
export type Diagnostic = Answer<'Diagnostic'>;
export type Drawdown = Answer<'Drawdown'>;
export type EquityCurve = Answer<'EquityCurve'>;
export type FeatureInfo = Answer<'FeatureInfo'>;
export type Health = Answer<'Health'>;
export type Histogram = Answer<'Histogram'>;
export type JobOverfitting = Answer<'JobOverfitting'>;
export type Job = Answer<'Job'>;
export type JobStatus = Job['status'];
export type LogLine = Answer<'LogLine'>;
export type LedgerEntry = Answer<'LedgerEntry'>;
export type Marginal = Answer<'Marginal'>;
export type Metrics = Answer<'Metrics'>;
export type Netted = Answer<'Netted'>;
export type Order = Answer<'Order'>;
export type Account = Answer<'Account'>;
export type Pbo = Answer<'Pbo'>;
export type Position = Answer<'Position'>;
export type Trial = Answer<'Trial'>;
export type TrialPage = Answer<'TrialPage'>;
export type Trade = Answer<'Trade'>;
export type Primitive = Answer<'Primitive'>;
export type PrimitiveParam = Answer<'Param'>;
export type Rebalance = Answer<'Rebalance'>;
export type Returns = Answer<'Returns'>;
export type Run = Answer<'Run'>;
export type RunSpec = Answer<'RunSpec'>;
export type Settings = Answer<'Settings'>;
export type Sheet = Answer<'Sheet'>;
export type StaleEvent = Answer<'StaleEvent'>;
export type Strategy = Answer<'Strategy'>;
export type StrategySummary = Answer<'StrategySummary'>;
export type Tearsheet = Answer<'Tearsheet'>;
export type Breakdown = Answer<'Breakdown'>;
export type Explained = Answer<'Explained'>;
export type Exposures = Answer<'Exposures'>;
export type FactorSheet = Answer<'FactorSheet'>;
export type Holding = Answer<'Holding'>;
export type Holdings = Answer<'Holdings'>;
export type NameDay = Answer<'NameDay'>;
export type Robustness = Answer<'Robustness'>;
export type Similar = Answer<'Similar'>;
export type Stress = Answer<'Stress'>;
export type Variant = Answer<'Variant'>;
export type Validation = Answer<'Validation'>;

// The generator writes the schema's name where the wire carries its tag.
type Tagged<K extends keyof Schemas, Tag extends string> = Omit<Answer<K>, 'type'> & { type: Tag };
export type PhaseEvent = Tagged<'PhaseEvent', 'phase'>;
export type ResultEvent = Tagged<'ResultEvent', 'result'>;
export type ProgressEvent = Tagged<'ProgressEvent', 'progress'>;
export type SummaryEvent = Tagged<'SummaryEvent', 'summary'>;
export type LogEvent = Tagged<'LogEvent', 'log'>;
export type StatusEvent = Tagged<'StatusEvent', 'status'>;
export type GapEvent = Tagged<'GapEvent', 'gap'>;
export type JobEvent =
	PhaseEvent | ResultEvent | ProgressEvent | SummaryEvent | LogEvent | StatusEvent | GapEvent;

/** Bodies of requests: what has a default may be left out. */
export type BacktestRequest = Schemas['BacktestRequest'];
export type BookParamsInput = Schemas['BookParams'];
export type OrderRequest = Schemas['OrderRequest'];
export type TrainRequest = Schemas['TrainRequest'];
export type SettingsPatch = Partial<
	Pick<Settings, 'theme' | 'workers' | 'density' | 'signs'> & { dataset: string }
>;

/** Add the key to a call; tell the page when the engine refuses it. */
export const api = createClient<paths>({ baseUrl: '', fetch: send });

async function send(request: Request): Promise<Response> {
	const key = token();
	if (key) request.headers.set('Authorization', `Bearer ${key}`);
	let response: Response;
	try {
		response = await fetch(request);
	} catch (thrown) {
		throw isAbort(thrown) ? thrown : offlineError();
	}
	if (response.status === 401) access.refuse();
	return response;
}

/** The data of an answer; throws ApiError when there is none. */
export function unwrap<T>(result: { data?: T; error?: unknown; response: Response }): Full<T> {
	if (result.response.ok) return result.data as Full<T>;
	throw problemOf(result.response.status, result.error);
}

/** A file the API gives, as bytes with its name. */
export async function fetchFile(path: string): Promise<{ blob: Blob; name: string }> {
	const response = await send(new Request(path));
	if (!response.ok) {
		const body: unknown = await response.json().catch(() => null);
		throw problemOf(response.status, body);
	}
	const disposition = response.headers.get('content-disposition') ?? '';
	const name = /filename="?([^";]+)"?/.exec(disposition)?.[1] ?? 'export';
	return { blob: await response.blob(), name };
}
