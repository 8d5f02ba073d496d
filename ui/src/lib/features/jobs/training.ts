/** What a training is asked for: the form, what is wrong in it, and the request it becomes. */
import type { ApiError, Job, TrainRequest } from '#lib/api/client.ts';

export interface TrainingForm {
	n: number;
	seed: number;
	workers: number;
	dataset: string;
	execution_lag: number;
	cap: number;
	max_lev: number;
	cost_bps: number;
	/** null: no limit. */
	limit_score: number | null;
	max_depth: number;
	ignore: string[];
	/** "": the price column of the data set. */
	price: string;
}
export type TrainingField = keyof TrainingForm;
export type Problems = Partial<Record<TrainingField, string>>;

export const DEFAULTS: Omit<TrainingForm, 'dataset' | 'workers'> = {
	n: 50,
	seed: 42,
	execution_lag: 1,
	cap: 0.05,
	max_lev: 1,
	cost_bps: 5,
	limit_score: 25,
	max_depth: 4,
	ignore: [],
	price: ''
};

type Rule = [test: (v: number) => boolean, text: string];
const whole = (low: number, high: number, what = ''): Rule => [
	(v) => Number.isInteger(v) && v >= low && v <= high,
	`Enter a whole number from ${low.toLocaleString('en-GB')} to ${high.toLocaleString('en-GB')}${what}.`
];

const RULES: Partial<Record<TrainingField, Rule>> = {
	n: whole(1, 10_000),
	seed: whole(0, Number.MAX_SAFE_INTEGER),
	workers: whole(1, 64),
	execution_lag: whole(0, 20),
	max_depth: whole(1, 8),
	cap: [(v) => v > 0 && v <= 1, 'Enter more than 0% and at most 100%.'],
	max_lev: [(v) => v > 0 && v <= 100, 'Enter more than 0 and at most 100.'],
	cost_bps: [(v) => v >= 0 && v <= 10_000, 'Enter a cost from 0 to 10,000 basis points.'],
	limit_score: [(v) => v > 0, 'Enter a score above 0, or leave it empty for no limit.']
};

/** What the engine would refuse, by field. */
export function problems(form: TrainingForm): Problems {
	const found: Problems = {};
	for (const [field, [test, text]] of Object.entries(RULES) as [TrainingField, Rule][]) {
		const value = form[field];
		if (value !== null && !test(value as number)) found[field] = text;
	}
	if (!form.dataset) found.dataset = 'Choose a data set; import one if there is none.';
	return found;
}

/** Settings of a job that the form does not show, kept when it is duplicated. */
export interface Kept {
	request: Pick<TrainRequest, 'method' | 'features' | 'domain_lags'>;
	params: NonNullable<TrainRequest['params']>;
}
export const NOTHING_KEPT: Kept = { request: {}, params: {} };

interface StoredConfig extends Omit<TrainRequest, 'dataset' | 'workers'> {
	params?: NonNullable<TrainRequest['params']>;
}
export const configOf = (job: Job): StoredConfig =>
	((job.params as { config?: StoredConfig }).config ?? {}) as StoredConfig;

/** The form that asks for the same as `job` did. */
export function formOf(job: Job, workers = job.workers): { form: TrainingForm; kept: Kept } {
	const { n, seed, max_depth, ignore, price, params = {}, ...request } = configOf(job);
	const { execution_lag, cap, max_lev, cost_bps, limit_score, ...others } = params;
	const given = { n, seed, max_depth, execution_lag, cap, max_lev, cost_bps };
	const known = Object.fromEntries(Object.entries(given).filter(([, v]) => v !== undefined));
	return {
		form: {
			...DEFAULTS,
			...known,
			limit_score: limit_score === undefined ? DEFAULTS.limit_score : limit_score,
			ignore: [...(ignore ?? [])],
			price: price ?? '',
			dataset: job.dataset ?? '',
			workers
		},
		kept: { request, params: others }
	};
}

export function toRequest(form: TrainingForm, kept: Kept = NOTHING_KEPT): TrainRequest {
	const { execution_lag, cap, max_lev, cost_bps, limit_score, price, ...plain } = form;
	return {
		...kept.request,
		...plain,
		price: price || null,
		params: { ...kept.params, execution_lag, cap, max_lev, cost_bps, limit_score }
	};
}

const WORDS: [RegExp, TrainingField][] = [
	[/\blimit_score\b/, 'limit_score'],
	[/\bno usable feature\b/, 'ignore'],
	[/\buse as the price\b/, 'price'],
	[/\bdata set\b/, 'dataset']
];

/** The field that the engine's refusal is about, and its words; "whole" when it is about no one. */
export function placeOf(error: ApiError): { field: TrainingField | null; message: string } {
	const at = /^(?:params\.)?(\w+): (.*)$/.exec(error.message);
	if (at && (at[1] in DEFAULTS || at[1] === 'workers' || at[1] === 'dataset'))
		return { field: at[1] as TrainingField, message: at[2] };
	const named = /\bparameter (\w+)\b/.exec(error.message)?.[1];
	if (named && named in DEFAULTS) return { field: named as TrainingField, message: error.message };
	const found = WORDS.find(([pattern]) => pattern.test(error.message));
	return { field: found?.[1] ?? null, message: error.message };
}

/** A seed short enough to read aloud. */
export const randomSeed = (random = Math.random()): number => 1 + Math.floor(random * 999_999);

/** Whether a name, or a pattern such as "macro_*", leaves the column out. */
export function leavesOut(pattern: string, name: string): boolean {
	const source = pattern
		.replace(/[.+^${}()|[\]\\]/g, '\\$&')
		.replaceAll('*', '.*')
		.replaceAll('?', '.');
	return new RegExp(`^${source}$`).test(name);
}
