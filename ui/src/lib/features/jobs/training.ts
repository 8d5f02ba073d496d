/** What a training is asked for: the form, and the request it becomes. */
import type { Job, TrainRequest } from '#lib/api/client.ts';
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
	population: 40,
	generations: null,
	tournament: 4,
	elite: 20,
	crossover: 0.4,
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
