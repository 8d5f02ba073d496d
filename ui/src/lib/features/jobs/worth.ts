/** What a search as a whole is worth, in plain sentences. */
import type { JobOverfitting, Pbo, Validation } from '#lib/api/client.ts';
import { count, percent, plural, ratio2 } from '#lib/utils/format.ts';

export type Tone = 'ok' | 'warn' | 'bad' | 'plain';
export interface Says {
	tone: Tone;
	text: string;
}

export const HELP = {
	best: 'The highest annual Sharpe ratio of all candidates, over all of their dates.',
	scatter:
		'The best annual Sharpe ratio to be expected of as many tries whose true Sharpe ratio is 0, if they scatter around it as much as these tries do around their mean.',
	zero: 'The best annual Sharpe ratio to be expected of as many independent tries without any skill, over as many dates: how much a Sharpe ratio errs by itself.',
	rank: 'Rank correlation (Spearman) of the Sharpe ratios before and after the line: 1 keeps the order, 0 forgets it, below 0 turns it round.',
	pbo: 'Probability of backtest overfitting: the dates are cut into blocks, half of them are called in sample in every possible way, and the share of the ways is counted in which the best candidate of one half is below the median in the other (Bailey and others, 2015).',
	band: '5th to 95th percentile over bootstraps of the dates: PBO is itself only an estimate.',
	logit:
		'Logarithm of the odds of the winner’s rank out of sample: 0 is the median, below 0 is worse than the median.',
	loss: 'Share of the splits in which the winner lost money out of sample.',
	front:
		'Candidates that no other beats in Sharpe ratio in sample, turnover and complexity at once: each of them is the best for some taste.'
} as const;

/** The best against luck, in a sentence. */
export function headline({ best, trials, expected_best, zero_skill_best }: JobOverfitting): Says {
	if (best === null) return { tone: 'plain', text: 'No candidate has a Sharpe ratio yet.' };
	const shows = `the best shows ${ratio2(best)}`;
	const tries = plural(trials, 'try', 'tries');
	const zero = zero_skill_best;
	if (zero === null)
		return {
			tone: 'plain',
			text: `There are too few tries or dates to say what luck gives; ${shows}.`
		};
	const scatter =
		expected_best === null
			? ''
			: ` If they scattered around 0 as widely as they do around their own mean, the best would show ${ratio2(expected_best)}.`;
	const said = `Of ${tries} without any skill the best would show about ${ratio2(zero)}; here ${shows}.${scatter}`;
	if (best <= zero) return { tone: 'bad', text: `${said} Luck alone explains it.` };
	return expected_best !== null && best <= expected_best
		? { tone: 'warn', text: `${said} That is not enough to rule luck out.` }
		: { tone: 'ok', text: `${said} That is more than luck is expected to give.` };
}

const KEPT = 0.3;

/** Whether what was good stayed good. */
export function rankText(rank: number | null): Says {
	if (rank === null)
		return {
			tone: 'plain',
			text: 'There are too few candidates to compare their order in and out of sample.'
		};
	const value = ratio2(rank);
	if (rank >= KEPT)
		return {
			tone: 'ok',
			text: `What was better in sample tended to stay better out of sample (rank correlation ${value}).`
		};
	return rank > -KEPT
		? {
				tone: 'warn',
				text: `The order in sample says little about the order out of sample (rank correlation ${value}).`
			}
		: {
				tone: 'bad',
				text: `What was better in sample tended to be worse out of sample (rank correlation ${value}).`
			};
}

const COIN = 0.5;
const GOOD = 0.2;

/** How often the choice of the best misleads. */
export function pboText(p: Pbo): Says {
	if (p.pbo === null)
		return { tone: 'plain', text: 'No split has a winner, so that nothing can be said.' };
	const often = `In ${percent(p.pbo, 0)} of the ${plural(p.splits, 'way', 'ways')} to split the dates, the best candidate of one half was below the median in the other half.`;
	const high = p.high ?? p.pbo;
	if (p.pbo >= COIN)
		return { tone: 'bad', text: `${often} Picking the best is no better than tossing a coin.` };
	return p.pbo <= GOOD && high < COIN
		? {
				tone: 'ok',
				text: `${often} The best usually stays better than the median; that alone does not mean that it earns.`
			}
		: { tone: 'warn', text: `${often} Picking the best helps, but not reliably.` };
}

/** Where the winners came out, by the odds of their rank. */
export function logitText(p: Pbo): string {
	if (p.logit_mean === null) return '';
	const rank = 1 / (1 + Math.exp(-p.logit_mean));
	const than = `better than about ${percent(rank, 0)} of the candidates`;
	const side = p.logit_mean > 0 ? 'above' : 'below';
	return `On average the winner came out ${than}, ${side} the median (mean logit ${ratio2(p.logit_mean)})${
		p.prob_oos_loss === null
			? ''
			: `; it lost money in ${percent(p.prob_oos_loss, 0)} of the splits`
	}.`;
}

/** What choosing the best anew would have come to. */
export function validationText(v: Validation): Says {
	const out = v.out_of_sample.ann_sharpe;
	const how =
		v.method === 'walk_forward'
			? 'Choosing the best on all dates before each part and holding it through the part'
			: 'Choosing the best on all dates outside of each part and holding it in the part';
	if (out === null) return { tone: 'plain', text: `${how} gives no Sharpe ratio.` };
	const kept =
		v.degradation === null
			? ''
			: `, ${percent(v.degradation, 0)} of what the choices showed when they were made (${ratio2(v.in_sample)})`;
	const tone: Tone =
		out <= 0 ? 'bad' : v.degradation !== null && v.degradation < 0.5 ? 'warn' : 'ok';
	const often = v.folds.length - 1;
	return {
		tone,
		text: `${how} gives a Sharpe ratio of ${ratio2(out)}${kept}. The choice changed ${plural(v.switches, 'time')}${often > 0 ? ` of ${count(often)}` : ''}.`
	};
}

/** The first and the last date of a span. */
export const ends = (span: { start: string; end: string }): [string, string] => [
	span.start,
	span.end
];
