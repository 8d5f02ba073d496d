/** One run before and after the split, side by side. */
import { percent, type Tone } from '#lib/utils/format.ts';
import { metricDelta, metricLabel, metricText, metricTone } from '#lib/utils/metrics.ts';
import type { Figures } from './wire.ts';

export interface Row {
	name: string;
	before: { text: string; value: number | null; tone: Tone };
	after: { text: string; value: number | null; tone: Tone };
	change: string;
}

const NAMES = ['ann_sharpe', 'ann_return', 'ann_vol', 'max_dd', 'hit_rate', 'n'] as const;

/** The figures of two parts of a run, and by how much the second differs. */
export const rowsOf = (before: Figures, after: Figures): Row[] =>
	NAMES.map((name) => {
		const [then, now] = [before[name], after[name]];
		const cell = (value: number | null) => ({
			text: metricText(name, value),
			value,
			tone: metricTone(name, value)
		});
		const delta = then === null || now === null ? null : now - then;
		return {
			name: metricLabel(name),
			before: cell(then),
			after: cell(now),
			change: name === 'n' ? '' : metricDelta(name, delta)
		};
	});

/** What became of the Sharpe ratio in the second part, in a sentence. */
export function kept(first: Figures, second: Figures, where = 'out of sample'): string {
	const [before, after] = [first.ann_sharpe, second.ann_sharpe];
	if (before === null || after === null) return 'One of the parts has no Sharpe ratio to compare.';
	if (before <= 0)
		return after > 0 ? `It lost before and gained ${where}.` : 'It gained in neither part.';
	if (after <= 0) return `Nothing of its Sharpe ratio was left ${where}.`;
	if (after >= before) return `Its Sharpe ratio did not fall ${where}.`;
	return `Of its Sharpe ratio ${percent(after / before, 0)} was left ${where}.`;
}
