import { describe, expect, it } from 'vitest';
import { ApiError, type Job } from '#lib/api/client.ts';
import {
	DEFAULTS,
	formOf,
	leavesOut,
	placeOf,
	problems,
	randomSeed,
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
			max_depth: 9
		};
		expect(Object.keys(problems({ ...form, ...bad })).sort()).toEqual(Object.keys(bad).sort());
	});
	it('takes no limit on the complexity', () => {
		expect(problems({ ...form, limit_score: null })).toEqual({});
	});
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
