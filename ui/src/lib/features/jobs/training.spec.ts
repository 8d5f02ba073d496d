import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ApiError, type Job } from '#lib/api/client.ts';
import { placeOf, problems } from './problems.ts';
import {
	BREEDING,
	changed,
	DEFAULTS,
	formOf,
	leavesOut,
	randomSeed,
	reset,
	toRequest,
	type TrainingForm
} from './training.ts';

const form: TrainingForm = { ...DEFAULTS, dataset: 'a', workers: 2 };

describe('problems', () => {
	it('finds none in the defaults', () => expect(problems(form)).toEqual({}));
	it('names every field that is out of its range', () => {
		const bad = {
			n: 10_001,
			seed: -1,
			workers: 65,
			dataset: '',
			execution_lag: 1.5,
			cap: 0,
			max_lev: 0,
			cost_bps: -1,
			limit_score: 0,
			max_depth: 9,
			population: 3,
			generations: 0,
			tournament: 51,
			elite: -1,
			crossover: 1.1,
			parsimony: 2,
			novelty: 11,
			objectives: [],
			out_of_sample: 0.6,
			min_coverage: -0.1,
			operator_weights: { lag: 11 },
			feature_weights: { close: -1 }
		};
		expect(Object.keys(problems({ ...form, ...bad })).sort()).toEqual(Object.keys(bad).sort());
	});
	it('takes no limit on the complexity, and no number of generations', () => {
		expect(problems({ ...form, limit_score: null, generations: null })).toEqual({});
	});
});

describe('the engine', () => {
	interface Property {
		default?: unknown;
		minimum?: number;
		maximum?: number;
	}
	const { TrainRequest, TrainParams } = (
		JSON.parse(readFileSync('../build_spec/openapi.json', 'utf8')) as {
			components: { schemas: Record<string, { properties: Record<string, Property> }> };
		}
	).components.schemas;
	const known = Object.entries({ ...TrainParams.properties, ...TrainRequest.properties }).filter(
		([name]) => name in DEFAULTS
	);
	it('has the same defaults', () => {
		const theirs = known.filter(([, p]) => p.default !== undefined);
		expect(theirs.length).toBeGreaterThan(15);
		for (const [name, p] of theirs)
			expect([name, DEFAULTS[name as never]]).toEqual([name, p.default]);
	});
	it('has the same ranges', () => {
		const ranged = known.filter(([name, p]) => p.maximum !== undefined && name !== 'seed');
		expect(ranged.length).toBeGreaterThan(10);
		for (const [name, { minimum, maximum = 0 }] of ranged) {
			const wrong = (v: number) => name in problems({ ...form, [name]: v });
			const ends = [wrong(maximum), wrong(maximum * 1.01 + 1)];
			expect([name, ...ends]).toEqual([name, false, true]);
			if (minimum !== undefined)
				expect([name, wrong(minimum), wrong(minimum - 1)]).toEqual([name, false, true]);
		}
	});
});

describe('a part of the form', () => {
	const bred = { ...form, population: 7, novelty: 1, n: 9 };
	it('is set back alone', () => {
		expect(reset(bred, BREEDING)).toEqual({ ...form, n: 9 });
		expect(reset(bred, ['workers'])).toEqual(bred);
	});
	it('tells what is not as at first', () =>
		expect([changed(form, BREEDING), changed(bred, BREEDING)]).toEqual([0, 2]));
});

describe('a job asked for again', () => {
	const asked = toRequest({ ...form, price: 'c_sek', ignore: ['x_*'], limit_score: null });
	const { dataset, workers, ...config } = asked;
	const job = { dataset, workers, params: { config } } as unknown as Job;

	it('gives the same form', () => {
		expect(formOf(job).form).toEqual({
			...form,
			price: 'c_sek',
			ignore: ['x_*'],
			limit_score: null
		});
	});
	it('leaves breeding out of a random search and keeps it in the other', () => {
		const bred = { ...form, population: 7, objectives: ['sharpe' as const, 'turnover' as const] };
		expect('population' in toRequest(bred)).toBe(false);
		const evolve = { ...bred, method: 'evolve' as const };
		const { dataset, workers, ...config } = toRequest(evolve);
		const again = { dataset, workers, params: { config } } as unknown as Job;
		expect(formOf(again).form).toEqual(evolve);
	});
	it('keeps what the form does not show', () => {
		const params = { ...config.params, sizing: 'gross' as const };
		const other = { ...job, params: { config: { ...config, params, features: ['a', 'b'] } } };
		const { form, kept } = formOf(other as unknown as Job);
		const again = toRequest({ ...form, n: 7 }, kept);
		expect(again).toEqual({ ...asked, n: 7, params, features: ['a', 'b'] });
	});
	it('has the defaults where the job has none', () => {
		expect(formOf({ dataset: 'a', workers: 2, params: {} } as unknown as Job).form).toEqual(form);
	});
});

describe('placeOf', () => {
	const place = (message: string) => placeOf(new ApiError(422, { code: 'x', message })).field;
	it('reads the path of a malformed field', () => {
		expect(placeOf(new ApiError(400, { code: 'malformed', message: 'n: too many' }))).toEqual({
			field: 'n',
			message: 'too many'
		});
		expect(place('params.cap: Expected `float` <= 1.0')).toBe('cap');
	});
	it('knows the words of the engine', () => {
		expect(place("There is no numeric column 'foo' to use as the price; choose c.")).toBe('price');
		expect(place("There is no data set 'zz'.")).toBe('dataset');
		expect(place('No expression has a complexity score within limit_score = 1.')).toBe(
			'limit_score'
		);
		expect(place('The parameter max_lev is nan.')).toBe('max_lev');
		expect(place("The operators' weights leave no expression to draw; raise some.")).toBe(
			'operator_weights'
		);
		expect(place("The setting feature_weights names 'x', and there is no such feature.")).toBe(
			'feature_weights'
		);
		expect(place('operator_weights[...]: Expected `float` <= 1000.0')).toBe('operator_weights');
	});
	it('leaves the rest to the whole form', () => expect(place('The queue is full.')).toBeNull());
});

describe('leavesOut', () => {
	it('takes names and patterns', () => {
		expect(leavesOut('macro_*', 'macro_cpi')).toBe(true);
		expect(leavesOut('macro_*', 'a_macro_cpi')).toBe(false);
		expect(leavesOut('a.b', 'axb')).toBe(false);
		expect(leavesOut('a?', 'ab')).toBe(true);
	});
});

describe('randomSeed', () => {
	it('stays within six digits', () => {
		expect([randomSeed(0), randomSeed(0.9999999)]).toEqual([1, 999_999]);
	});
});
