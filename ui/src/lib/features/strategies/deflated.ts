/** What a deflated Sharpe ratio means, in plain words. */
import type { Deflated } from '#lib/api/client.ts';
import { count, percent, plural, ratio2 } from '#lib/utils/format.ts';

export interface Verdict {
	word: string;
	tone: 'ok' | 'warn' | 'bad' | 'plain';
	text: string;
}

export interface Fact {
	name: string;
	text: string;
	value: number | null;
	help: string;
}

const SURE = 0.95;
const LIKELY = 0.5;

/** A probability; one that rounds to certainty is written as almost that. */
export function chance(p: number | null): string {
	if (p !== null && p > 0 && p < 0.005) return '< 1%';
	if (p !== null && p < 1 && p >= 0.995) return '> 99%';
	return percent(p, 0);
}

export function verdict({ probability, trials }: Deflated, sharpe: number | null): Verdict {
	if (sharpe !== null && sharpe <= 0)
		return {
			word: 'No gain to explain',
			tone: 'plain',
			text: 'Its Sharpe ratio is not above zero.'
		};
	if (probability === null)
		return {
			word: 'Cannot be judged',
			tone: 'plain',
			text: 'There are too few returns, or too few tries, to tell skill from luck.'
		};
	const tries = plural(trials, 'try', 'tries');
	if (probability >= SURE)
		return {
			word: 'Hard to explain by luck',
			tone: 'ok',
			text: `Even the luckiest of ${tries} would hardly look this good.`
		};
	if (probability >= LIKELY)
		return {
			word: 'Better than luck, not proven',
			tone: 'warn',
			text: `Better than the luckiest of ${tries} is expected to look, but not by enough to be sure.`
		};
	return {
		word: 'Luck explains it',
		tone: 'bad',
		text: `The luckiest of ${tries} without any skill is expected to look better than this.`
	};
}

export function facts(d: Deflated, sharpe: number | null, days: number | null): Fact[] {
	return [
		{
			name: 'This strategy',
			text: ratio2(sharpe),
			value: sharpe,
			help: 'Its Sharpe ratio per year.'
		},
		{
			name: `Best of ${count(d.trials)} by luck`,
			text: ratio2(d.expected_best),
			value: d.expected_best,
			help: 'Sharpe ratio per year expected of the best try if none of them had any skill, given how much the tries differ.'
		},
		{
			name: 'Above luck',
			text: chance(d.probability),
			value: d.probability,
			help: 'Deflated Sharpe ratio: the probability that the true Sharpe ratio is above that of the luckiest try.'
		},
		{
			name: 'Above zero',
			text: chance(d.psr),
			value: d.psr,
			help: 'Probabilistic Sharpe ratio: the probability that the true Sharpe ratio is above zero, had this been the only try.'
		},
		{
			name: 'Days to be sure',
			text: d.min_trl_days === null ? 'no number is enough' : count(Math.ceil(d.min_trl_days)),
			value: d.min_trl_days,
			help: 'Minimum track record: returns needed to say with 95% confidence that the Sharpe ratio is above zero.'
		},
		{ name: 'Days it has', text: count(days), value: days, help: 'Daily returns measured.' }
	];
}
