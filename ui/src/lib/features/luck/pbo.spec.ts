import { expect, it } from 'vitest';
import { pbo as p } from './fixtures.spec-helper.ts';
import { bandText, pboMore, pboSays, scatterOf, scatterText } from './pbo.ts';

it('never shows one number alone', () =>
	expect([bandText(p), bandText({ ...p, low: null })]).toEqual([
		'8% (0% to 24%)',
		'8% (range not known)'
	]));

it('says what the splits show', () => {
	expect(pboSays(p)).toBe(
		'Of 252 ways to halve the dates, in 8% the best of the 54 candidates in one half was below the middle of them in the other. At 50% choosing the best would be no better than drawing lots.'
	);
	expect(pboSays({ ...p, low: 0.4, high: 0.6 })).toContain('The range spans 50%');
	expect(pboSays({ ...p, pbo: null })).toContain('nothing to say');
	expect(pboMore(p)).toEqual([
		'In 35% of them the winner lost money in the other half.',
		'For each 1.00 of Sharpe ratio more in one half, a winner had 0.04 more in the other; with real skill it would be near 1.'
	]);
	expect(pboMore({ ...p, prob_oos_loss: null, slope: null })).toEqual([]);
});

it('draws the winners on axes that hold zero', () => {
	const drawn = scatterOf(p);
	const { points, x, y, line } = drawn;
	expect(points).toEqual([
		[0.7, 0.04],
		[0.9, -0.06]
	]);
	expect([x[0], x[1] > 0.9, y[0] < -0.06, y[1] > 0.04]).toEqual([0, true, true, true]);
	expect(line?.map((v) => v.toFixed(3))).toEqual(['-0.042', '-0.004']);
	expect(scatterOf({ ...p, slope: null }).line).toBeNull();
	expect(scatterText(drawn)).toBe(
		'2 winners: Sharpe ratio from 0.70 to 0.90 in the half each was chosen in, from −0.06 to 0.04 in the other half, there 1 at zero or below.'
	);
});
