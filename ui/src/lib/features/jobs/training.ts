/** What a training is asked for: the form, what is wrong in it, and the request it becomes. */
import type { ApiError, Job, TrainRequest } from '#lib/api/client.ts';
import { configOf } from './config.ts';

export type Method = 'random' | 'evolve';
export type Objective = NonNullable<TrainRequest['objectives']>[number];

export interface TrainingForm {
	n: number;
	seed: number;
	method: Method;
	population: number;
	/** null: until n are evaluated. */
	generations: number | null;
	tournament: number;
	elite: number;
	crossover: number;
	parsimony: number;
	novelty: number;
	objectives: Objective[];
	out_of_sample: number;
	min_coverage: number;
	/** In place of the usual ones; 0 leaves out. */
	operator_weights: Record<string, number>;
	feature_weights: Record<string, number>;
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
	method: 'random',
	population: 60,
	generations: null,
	tournament: 4,
	elite: 5,
	crossover: 0.5,
	parsimony: 0.01,
	novelty: 0.5,
	objectives: ['sharpe'],
	out_of_sample: 0.3,
	min_coverage: 0.2,
	operator_weights: {},
	feature_weights: {},
	execution_lag: 1,
	cap: 0.05,
	max_lev: 1,
	cost_bps: 5,
	limit_score: 25,
	max_depth: 4,
	ignore: [],
	price: ''
};

/** What only breeding reads. */
export const BREEDING = [
	'population',
	'generations',
	'tournament',
	'elite',
	'crossover',
	'parsimony',
	'novelty',
	'objectives'
] as const satisfies readonly TrainingField[];
export const TRADING = [
	'execution_lag',
	'cap',
	'max_lev',
	'cost_bps'
] as const satisfies readonly TrainingField[];
export const MORE = [
	'max_depth',
	'limit_score',
	'workers',
	'price',
	'out_of_sample',
	'min_coverage',
	'ignore',
	'operator_weights',
	'feature_weights'
] as const satisfies readonly TrainingField[];

/** The form with some fields as they are at first; `workers` has no default here and stays. */
export const reset = (form: TrainingForm, fields: readonly TrainingField[]): TrainingForm => ({
	...form,
	...Object.fromEntries(
		fields.filter((f) => f in DEFAULTS).map((f) => [f, structuredClone(DEFAULTS[f as never])])
	)
});

/** How many of the fields are not as they are at first. */
export const changed = (form: TrainingForm, fields: readonly TrainingField[]): number =>
	fields.filter(
		(f) => f in DEFAULTS && JSON.stringify(form[f]) !== JSON.stringify(DEFAULTS[f as never])
	).length;

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
	limit_score: [(v) => v > 0, 'Enter a score above 0, or leave it empty for no limit.'],
	population: whole(4, 2000),
	generations: whole(1, 1000, ', or leave it empty'),
	tournament: whole(1, 50),
	elite: whole(0, 500),
	crossover: [(v) => v >= 0 && v <= 1, 'Enter 0% to 100%.'],
	parsimony: [(v) => v >= 0 && v <= 1, 'Enter a number from 0 to 1.'],
	novelty: [(v) => v >= 0 && v <= 10, 'Enter a number from 0 to 10.'],
	out_of_sample: [(v) => v >= 0 && v <= 0.5, 'Enter 0% to 50%.'],
	min_coverage: [(v) => v >= 0 && v <= 1, 'Enter 0% to 100%.']
};
const HEAVIEST = 10;
const weighty = (weights: Record<string, number>) =>
	Object.values(weights).every((w) => w >= 0 && w <= HEAVIEST);

/** What the engine would refuse, by field. */
export function problems(form: TrainingForm): Problems {
	const found: Problems = {};
	for (const [field, [test, text]] of Object.entries(RULES) as [TrainingField, Rule][]) {
		const value = form[field];
		if (value !== null && !test(value as number)) found[field] = text;
	}
	if (!form.objectives.length) found.objectives = 'Choose at least one thing to want.';
	for (const field of ['operator_weights', 'feature_weights'] as const)
		if (!weighty(form[field])) found[field] = `Enter weights from 0 to ${HEAVIEST}.`;
	if (!form.dataset) found.dataset = 'Choose a data set; import one if there is none.';
	return found;
}

/** Settings of a job that the form does not show, kept when it is duplicated. */
export interface Kept {
	request: Pick<TrainRequest, 'features' | 'domain_lags' | 'rules'>;
	params: NonNullable<TrainRequest['params']>;
}
export const NOTHING_KEPT: Kept = { request: {}, params: {} };

const BOOK = ['execution_lag', 'cap', 'max_lev', 'cost_bps', 'limit_score'] as const;

/** The form that asks for the same as `job` did. */
export function formOf(job: Job, workers = job.workers): { form: TrainingForm; kept: Kept } {
	const { params = {}, ...config } = configOf(job);
	const mine = (name: string, value: unknown) => name in DEFAULTS && value !== undefined;
	const part = (of: object, wanted: boolean) =>
		Object.fromEntries(Object.entries(of).filter(([name, v]) => mine(name, v) === wanted));
	return {
		form: {
			...structuredClone(DEFAULTS),
			...structuredClone(part(config, true)),
			...part(params, true),
			price: config.price ?? '',
			dataset: job.dataset ?? '',
			workers
		},
		kept: { request: part(config, false), params: part(params, false) }
	};
}

export function toRequest(form: TrainingForm, kept: Kept = NOTHING_KEPT): TrainRequest {
	const { price, ...all } = form;
	const bred = (name: string) => (BREEDING as readonly string[]).includes(name);
	const traded = (name: string) => (BOOK as readonly string[]).includes(name);
	const pick = (test: (name: string) => boolean) =>
		Object.fromEntries(Object.entries(all).filter(([name]) => test(name)));
	return {
		...kept.request,
		// What was set for breeding says nothing about random draws.
		...pick((name) => !traded(name) && (form.method === 'evolve' || !bred(name))),
		price: price || null,
		params: { ...kept.params, ...pick(traded) }
	};
}

const WORDS: [RegExp, TrainingField][] = [
	[/\blimit_score\b/, 'limit_score'],
	[/\b(operator_weights|operators' weights)\b/, 'operator_weights'],
	[/\b(feature_weights|features' weights)\b/, 'feature_weights'],
	[/\bno usable feature\b/, 'ignore'],
	[/\buse as the price\b/, 'price'],
	[/\bdata set\b/, 'dataset']
];

/** The field that the engine's refusal is about, and its words; "whole" when it is about no one. */
export function placeOf(error: ApiError): { field: TrainingField | null; message: string } {
	const at = /^(?:params\.)?(\w+)[^:]*: (.*)$/.exec(error.message);
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
