/** The Sharpe ratio of a strategy and what luck would show, on one scale. */
import { ends } from '#lib/components/charts/bar.ts';
import { count, ratio2 } from '#lib/utils/format.ts';
import type { Overfitting } from './wire.ts';
import { between } from './words.ts';

export interface Mark {
	name: string;
	value: number | null;
	text: string;
	low: number | null;
	high: number | null;
	/** This strategy: the others are what it is measured against. */
	own: boolean;
}

const line = (name: string, value: number | null): Mark => ({
	name,
	value,
	text: ratio2(value),
	low: null,
	high: null,
	own: false
});

export function marksOf(o: Overfitting, sharpe: number | null): Mark[] {
	const { deflated: d, deflated_effective: e, interval: i } = o;
	const marks: Mark[] = [
		{
			name: 'This strategy',
			value: sharpe,
			text: i ? `${ratio2(sharpe)} (${between(i)})` : ratio2(sharpe),
			low: i?.low ?? null,
			high: i?.high ?? null,
			own: true
		}
	];
	if (o.zero_skill_best !== null)
		marks.push(
			line(`Best of ${count(o.effective.trials)}, measuring error only`, o.zero_skill_best)
		);
	if (e && e.expected_best !== null && e.trials !== d?.trials)
		marks.push(line(`Best of ${count(e.trials)} different, as they scattered`, e.expected_best));
	if (d && d.expected_best !== null)
		marks.push(line(`Best of ${count(d.trials)}, as they scattered`, d.expected_best));
	return marks;
}

/** Zero and everything drawn, with a little air. */
export function scaleOf(marks: readonly Mark[]): [number, number] {
	const [lo, hi] = ends(marks.flatMap((m) => [m.value, m.low, m.high]));
	const air = (hi - lo || 1) * 0.05;
	return [lo - air, hi + air];
}
