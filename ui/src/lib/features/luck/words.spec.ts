import { describe, expect, it } from 'vitest';
import { overfitting } from './fixtures.spec-helper.ts';
import { headline, perYear, spoken, statistics } from './words.ts';

const o = overfitting;

describe('the headline', () => {
	it('sets what luck would show beside what this shows', () =>
		expect(headline(o, 0.41)).toEqual({
			word: 'Luck explains it',
			tone: 'bad',
			text: 'Of 60 tries on these data, luck alone would show about 2.33; this shows 0.41. Even if the tries had differed by nothing but measuring error, the best would show about 0.49.'
		}));
	it('says which yardstick it passes', () => {
		const above = { ...o, deflated: { ...o.deflated!, probability: 0.2 } };
		expect(headline(above, 0.6).text).toContain(
			'It is above the 0.49 that measuring error alone would give the best of as many.'
		);
		const sure = { ...o, deflated: { ...o.deflated!, probability: 0.97 } };
		expect([headline(sure, 3).tone, headline(sure, 3).text]).toEqual([
			'ok',
			'Of 60 tries on these data, luck alone would show about 2.33; this shows 3.00.'
		]);
	});
	it('judges neither losses nor nothing', () =>
		expect([
			headline(o, -0.2).word,
			headline(o, null).word,
			headline({ ...o, deflated: null }, 1).word
		]).toEqual(['No gain to explain', 'Nothing to judge', 'Cannot be judged']));
});

describe('the statistics', () => {
	it('are written with what they say', () =>
		expect(statistics(o, 5701, 256).map(({ text, says }) => [text, says])).toEqual([
			[
				'97%',
				'Had this been the only try, its true Sharpe ratio would be above zero with a probability of 97%.'
			],
			[
				'0%',
				'The probability that it is better than the luckiest of 60 tries is 0%; 95% would be convincing.'
			],
			[
				'0%',
				'The probability that it is better than the luckiest of 47 tries when tries that did nearly the same count once is 0%; 95% would be convincing.'
			],
			[
				'2.33',
				'The Sharpe ratios of the 60 tries differ by 0.99 (standard deviation); around zero, the best of them would show about 2.33.'
			],
			[
				'0.49',
				'If none of the 60 tries had any skill and measuring error were all that sets them apart, the best would show about 0.49 over 5,701 days.'
			],
			[
				'47',
				'Of 60 tries, 54 with daily returns form 41 groups of like ones, and 6 without count one each. On average two of them correlate by 0.04.'
			],
			[
				'16.5 years',
				'To be above zero with 95% confidence it needs 16.5 years; it has 22.3 years. The other tries are forgotten here.'
			],
			[
				'0.08 to 0.73',
				'90% of 2,000 resampled histories lie between these; 2% are at zero or below.'
			]
		]));
	it('stand without numbers', () => {
		const none = { ...o, deflated: null, deflated_effective: null, zero_skill_best: null };
		expect(statistics({ ...none, interval: null }, null, null).map(({ text }) => text)).toEqual([
			'—',
			'—',
			'—',
			'—',
			'—',
			'47',
			'none is enough',
			'—'
		]);
	});
	it('count days where the length of a year is not known', () =>
		expect(statistics(o, 5701, null)[6].text).toBe('4,230 days'));
});

it('counts the returns of a year', () => {
	const data = { dates: 1023, first_date: '2000-01-01', last_date: '2004-01-01' };
	expect(perYear(data)?.toFixed(0)).toBe('256');
	expect(perYear({ ...data, last_date: '2000-01-01' })).toBeNull();
});

it('reads well in a sentence', () =>
	expect([0.001, 0.5, 0.999, null].map(spoken)).toEqual([
		'less than 1%',
		'50%',
		'more than 99%',
		'—'
	]));
