/** What a deflated Sharpe ratio means, in plain words. */
import type { Deflated } from '#lib/api/client.ts';
import { percent, plural } from '#lib/utils/format.ts';

export interface Verdict {
	word: string;
	tone: 'ok' | 'warn' | 'bad' | 'plain';
	text: string;
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
