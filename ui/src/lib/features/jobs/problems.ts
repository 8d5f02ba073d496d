/** What is wrong in the form of a training, by our own rules and by the engine's. */
import type { ApiError } from '#lib/api/client.ts';
import { DEFAULTS, type Problems, type TrainingField, type TrainingForm } from './training.ts';

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
