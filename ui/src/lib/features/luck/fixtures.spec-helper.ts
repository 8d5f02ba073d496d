/** Answers as the engine gives them, for specs. */
import type { Figures, Lockbox, Overfitting, PboResult, Validation } from './wire.ts';

export const figures = (ann_sharpe: number | null, n = 100): Figures => ({
	n,
	ann_return: 0.01,
	ann_vol: 0.02,
	ann_sharpe,
	max_dd: -0.05,
	hit_rate: 0.52
});

export const lockbox: Lockbox = {
	dataset: 'fx',
	start: '2021-04-13',
	dates: 1425,
	openings: 0,
	own: 0,
	state: 'sealed',
	text: 'Nobody has looked at the locked dates yet.'
};

export const pbo: PboResult = {
	pbo: 0.0754,
	low: 0.004,
	high: 0.242,
	draws: 200,
	strategies: 54,
	dates: 5700,
	blocks: 10,
	splits: 252,
	logit_mean: 1.4,
	logit_median: 1.4,
	prob_oos_loss: 0.345,
	slope: 0.04,
	intercept: 0,
	points: [
		{ in_sample: 0.7, out_of_sample: 0.04 },
		{ in_sample: 0.9, out_of_sample: -0.06 }
	]
};

export const overfitting: Overfitting = {
	expr_hash: 'f92233acf375',
	run_id: 'f419be2bc1dda8b0',
	deflated: {
		probability: 0,
		expected_best: 2.332,
		trials: 60,
		dispersion: 0.994,
		psr: 0.9719,
		min_trl_days: 4229.4
	},
	deflated_effective: {
		probability: 0,
		expected_best: 2.24,
		trials: 47,
		dispersion: 0.994,
		psr: 0.9719,
		min_trl_days: 4229.4
	},
	effective: {
		trials: 60,
		measured: 54,
		clusters: 41,
		effective: 47,
		alike: 0.7,
		mean_correlation: 0.04
	},
	zero_skill_best: 0.493,
	interval: {
		low: 0.078,
		high: 0.734,
		median: 0.406,
		share_below_zero: 0.02,
		level: 0.9,
		block: 17.9,
		draws: 2000,
		seed: 1
	},
	halves: {
		share: 0.3,
		boundary: '2014-08-04',
		in_sample: figures(0.68, 3991),
		out_of_sample: figures(-0.3, 1710)
	},
	job_id: 'job_1',
	pbo,
	lockbox
};

const span = (start: string, end: string): Validation['folds'][0]['test'] => ({ start, end });

export const validation: Validation = {
	method: 'walk_forward',
	count: 2,
	purge: 1,
	embargo: 5,
	candidates: 1,
	folds: [
		{
			number: 1,
			train: [span('2000-01-03', '2004-01-05')],
			test: span('2004-01-07', '2008-01-03'),
			left_out: 1,
			chosen: 0,
			in_sample: figures(1.2),
			out_of_sample: figures(0.5)
		},
		{
			number: 2,
			train: [span('2000-01-03', '2008-01-02')],
			test: span('2008-01-04', '2012-01-03'),
			left_out: 1,
			chosen: 0,
			in_sample: figures(0.9),
			out_of_sample: figures(-0.1)
		}
	],
	in_sample: 1.05,
	out_of_sample: figures(0.2),
	degradation: 0.19,
	switches: 0,
	dates: ['2004-01-07', '2008-01-03', '2008-01-04', '2012-01-03'],
	equity: [1, 1.1, 1.1, 1.05]
};

export const purged: Validation = {
	...validation,
	method: 'purged',
	folds: [
		{
			...validation.folds[0],
			number: 1,
			train: [span('2000-01-03', '2004-01-05'), span('2008-01-14', '2012-01-03')],
			left_out: 7
		}
	]
};
