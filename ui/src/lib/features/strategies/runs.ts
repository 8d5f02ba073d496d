import type { Run, Strategy } from '#lib/api/client.ts';
import { dateTime, ratio2 } from '#lib/utils/format.ts';

/** One run of several, as a choice: "Sharpe 0.40, 2026-11-22 15:18"; with its data set where they differ. */
export function runLabel(run: Run, runs: readonly Run[]): string {
	const several = runs.some((other) => other.dataset !== run.dataset);
	const when = dateTime(run.created_at).slice(0, 16);
	return [`Sharpe ${ratio2(run.metrics.ann_sharpe)}`, several ? run.dataset : '', when]
		.filter(Boolean)
		.join(', ');
}

/** What to know before reading the numbers. */
export const caveats = (s: Pick<Strategy, 'ruined' | 'tradable' | 'metrics'>): string[] => [
	...(s.metrics.ann_sharpe === null
		? ['There is nothing to measure: it never traded, or its returns are all the same.']
		: []),
	...(s.ruined
		? ['The account was lost on the way: from then on its value is zero, and so are its returns.']
		: []),
	...(s.tradable
		? []
		: [
				'It trades at the price its positions are computed from. Nobody could have done that; an execution lag of at least one date could be traded.'
			])
];
