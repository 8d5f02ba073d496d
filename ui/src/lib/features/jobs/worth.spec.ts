import { describe, expect, it } from 'vitest';
import type { JobOverfitting, Pbo, Validation } from '#lib/api/client.ts';
import { ends, headline, logitText, pboText, rankText, validationText } from './worth.ts';

const job = (over: Partial<JobOverfitting>) =>
	({ best: 0.5, trials: 200, expected_best: 2, zero_skill_best: 0.9, ...over }) as JobOverfitting;

describe('the best against luck', () => {
	it('says which of both it beats', () =>
		expect([
			headline(job({})).tone,
			headline(job({ best: 1 })).tone,
			headline(job({ best: 2.5 })).tone,
			headline(job({ best: null })).tone,
			headline(job({ zero_skill_best: null })).tone
		]).toEqual(['bad', 'warn', 'ok', 'plain', 'plain']));
	it('says it in a sentence', () =>
		expect(headline(job({ expected_best: null })).text).toBe(
			'Of 200 tries without any skill the best would show about 0.90; here the best shows 0.50. Luck alone explains it.'
		));
});

it('judges the order in and out of sample', () =>
	expect([0.5, 0, -0.5, null].map((r) => rankText(r).tone)).toEqual([
		'ok',
		'warn',
		'bad',
		'plain'
	]));

describe('the probability of overfitting', () => {
	const pbo = (over: Partial<Pbo>) =>
		({
			pbo: 0.1,
			low: 0,
			high: 0.3,
			splits: 252,
			logit_mean: 1,
			prob_oos_loss: 0.25,
			...over
		}) as Pbo;
	it('is good only when its band is', () =>
		expect([
			pboText(pbo({})).tone,
			pboText(pbo({ high: 0.6 })).tone,
			pboText(pbo({ pbo: 0.4 })).tone,
			pboText(pbo({ pbo: 0.5 })).tone,
			pboText(pbo({ pbo: null })).tone
		]).toEqual(['ok', 'warn', 'warn', 'bad', 'plain']));
	it('tells where the winners came out', () => {
		expect(logitText(pbo({}))).toBe(
			'On average the winner came out better than about 73% of the candidates, above the median (mean logit 1.00); it lost money in 25% of the splits.'
		);
		expect(logitText(pbo({ logit_mean: -1, prob_oos_loss: null }))).toContain('below the median');
		expect(logitText(pbo({ logit_mean: null }))).toBe('');
	});
});

it('judges the choice in folds by what it kept', () => {
	const v = (sharpe: number | null, degradation: number | null) =>
		({
			method: 'walk_forward',
			out_of_sample: { ann_sharpe: sharpe },
			in_sample: 1,
			degradation,
			switches: 1,
			folds: [1, 2, 3]
		}) as unknown as Validation;
	expect(
		[v(0.8, 0.8), v(0.2, 0.2), v(-0.1, null), v(null, null)].map((x) => validationText(x).tone)
	).toEqual(['ok', 'warn', 'bad', 'plain']);
	expect(validationText(v(0.8, 0.8)).text).toContain('The choice changed 1 time of 2.');
});

it('reads the ends of a span', () => {
	expect(ends({ start: 'a', end: 'b' })).toEqual(['a', 'b']);
});
