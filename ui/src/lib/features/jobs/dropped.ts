/** What a search dropped before a backtest, and why. */

/** Reasons for which a search drops expressions; those it did not evaluate are no trials. */
const REASONS: Record<string, { text: string; tried: boolean }> = {
	complexity: { text: 'Too complex', tried: false },
	duplicate: { text: 'Drawn before', tried: false },
	equivalent: { text: 'Trades the same as an earlier one', tried: false },
	missing: { text: 'A signal for too few symbols and dates', tried: true },
	constant: { text: 'The same signal for every symbol on every date', tried: true },
	no_turnover: { text: 'Never trades after its first position', tried: true }
};

export interface Reason {
	key: string;
	text: string;
	count: number;
	/** Of the most frequent one. */
	share: number;
	/** It was evaluated, so that it counts as a trial. */
	tried: boolean;
}

/** Why expressions were dropped, the most frequent reason first. */
export function reasons(rejected: Record<string, number>): Reason[] {
	const all = Object.entries(rejected).filter(([, n]) => n > 0);
	const most = Math.max(1, ...all.map(([, n]) => n));
	return all
		.sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
		.map(([key, n]) => ({
			key,
			...(REASONS[key] ?? { text: key.replaceAll('_', ' '), tried: false }),
			count: n,
			share: n / most
		}));
}

/** The count of each reason as told last: every phase tells all so far of those it knows. */
export function told(
	phases: readonly { rejected?: Record<string, number> }[]
): Record<string, number> {
	const last: Record<string, number> = {};
	for (const { rejected } of phases)
		for (const [reason, n] of Object.entries(rejected ?? {})) last[reason] = n;
	return last;
}
