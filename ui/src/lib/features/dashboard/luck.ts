/** What luck alone would make of as many tries, beside what they came to. */
import type { Aggregate } from '#lib/api/client.ts';
import type { Mark } from '#lib/components/charts/histogram.ts';
import { count, plural, ratio2 } from '#lib/utils/format.ts';

type Tried = Pick<Aggregate, 'best' | 'expected_best' | 'zero_skill_best' | 'trials'>;

/** The two bests that luck gives, told apart: one by how long the data is, one by how tries scatter. */
export function marksOf({ expected_best, zero_skill_best, trials }: Tried): Mark[] {
	const marks: Mark[] = [];
	if (zero_skill_best !== null)
		marks.push({
			label: `Best of ${count(trials)} without skill`,
			value: zero_skill_best,
			shape: 'dotted',
			help: 'The best annual Sharpe ratio to be expected of as many independent tries without any skill, over as many dates.'
		});
	if (expected_best !== null)
		marks.push({
			label: `Luck\u2019s best of ${count(trials)}`,
			value: expected_best,
			shape: 'solid',
			help: 'The best annual Sharpe ratio to be expected if the tries scattered around 0 as widely as they do around their own mean.'
		});
	return marks;
}

/** The best held against both, in a sentence; "" while there is nothing to hold it against. */
export function luckText({ best, expected_best, zero_skill_best, trials }: Tried): string {
	const own = best?.metrics.ann_sharpe ?? null;
	if (own === null || (expected_best === null && zero_skill_best === null)) return '';
	const zero =
		zero_skill_best === null
			? ''
			: ` would show about ${ratio2(zero_skill_best)} by the length of the data`;
	const scatter =
		expected_best === null
			? ''
			: `${zero ? ', and' : ' would show'} about ${ratio2(expected_best)} if they scattered as widely as these`;
	const most = Math.max(zero_skill_best ?? -Infinity, expected_best ?? -Infinity);
	const least = Math.min(zero_skill_best ?? Infinity, expected_best ?? Infinity);
	const verdict =
		own > most
			? 'more than luck explains'
			: own > least
				? 'not clearly more than luck'
				: 'no more than luck';
	return `The best of ${plural(trials, 'try', 'tries')} without skill${zero}${scatter}; the best here shows ${ratio2(own)}: ${verdict}.`;
}
