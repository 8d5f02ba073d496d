/** The dates that are locked away: as they are chosen, and in plain words. */
import type { Dataset } from '#lib/api/client.ts';
import { count, plural } from '#lib/utils/format.ts';

export type LockboxKind = 'share' | 'none' | 'date';

export const KINDS: { value: LockboxKind; label: string }[] = [
	{ value: 'share', label: 'The last 20%' },
	{ value: 'date', label: 'From a date on' },
	{ value: 'none', label: 'None' }
];

/** One sentence on what a choice means. */
export const MEANING: Record<LockboxKind, string> = {
	share:
		'The last fifth of the dates is locked away: no search and no backtest sees it, so that it can test a finished strategy once.',
	date: 'All dates from this one on are locked away: no search and no backtest sees them, so that they can test a finished strategy once.',
	none: 'Every date is open to search and backtest, and nothing is left to test a finished strategy on.'
};

/** The choice as the engine reads it; null while the date is missing. */
export const lockboxText = (kind: LockboxKind, day: string): string | null =>
	kind === 'none' ? 'none' : kind === 'share' ? '20%' : day || null;

type Locked = Pick<Dataset, 'lockbox' | 'lockbox_start' | 'dates' | 'open_dates'>;

/** What is locked, short, and in a sentence. */
export function lockboxWords({ lockbox, lockbox_start, dates, open_dates }: Locked): {
	text: string;
	title: string;
} {
	const locked = dates - open_dates;
	if (!lockbox_start || locked <= 0)
		return { text: 'None', title: 'Every date is open to search and backtest.' };
	const rule = lockbox.includes('%') ? `the last ${lockbox}` : `everything from ${lockbox}`;
	return {
		text: `From ${lockbox_start} on`,
		title: `${plural(locked, 'date')} of ${count(dates)} (${rule}) are locked away for a last test. The first one is ${lockbox_start}.`
	};
}
