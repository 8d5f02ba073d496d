/** What the ledger of trials says, in plain words. */
import type { LedgerEntry, Trial } from '#lib/api/client.ts';
import { count, plural, ratio2 } from '#lib/utils/format.ts';

export const PAGE = 50;

const SOURCES: Record<string, string> = {
	train: 'Training',
	backtest: 'Backtest',
	rerun: 'Run again',
	neighbour: 'Neighbours of a strategy',
	robustness: 'Robustness',
	factor: 'Signal study',
	lockbox: 'Lockbox',
	import: 'Import'
};
export const sourceText = (source: string): string =>
	SOURCES[source] ?? source.charAt(0).toUpperCase() + source.slice(1).replaceAll('_', ' ');

export interface Part {
	name: string;
	count: number;
	/** Of all trials. */
	share: number;
}

/** Trials by who asked for them, the most first. */
export const bySource = ({ by_source, trials }: LedgerEntry): Part[] =>
	Object.entries(by_source)
		.sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]))
		.map(([source, n]) => ({
			name: sourceText(source),
			count: n,
			share: trials ? n / trials : 0
		}));

/** The best of a data set against luck. */
export function luckText(e: LedgerEntry): string {
	if (e.best === null) return 'No trial has a Sharpe ratio yet.';
	const shows = `the best of them shows ${ratio2(e.best)}`;
	if (e.zero_skill_best === null)
		return `There are too few trials to say what luck alone would show; ${shows}.`;
	const verdict =
		e.best > Math.max(e.zero_skill_best, e.expected_best ?? -Infinity)
			? 'That is more than luck is expected to show.'
			: e.best > e.zero_skill_best
				? 'That is not enough to rule luck out, given how widely they scatter.'
				: 'Luck alone explains it.';
	return `Of ${plural(e.trials, 'try', 'tries')} without any skill, the best would show about ${ratio2(e.zero_skill_best)}; ${shows}. ${verdict}`;
}

/** How many of the trials were really different. */
export function effectiveText({ effective }: LedgerEntry): string {
	if (!effective) return '';
	const { effective: n, trials, measured, clusters, alike } = effective;
	return `Of ${plural(trials, 'trial')} that ran, ${count(measured)} have a daily series; these fall into ${plural(clusters, 'group')} of series that correlate at ${ratio2(alike)} or more. Every trial without a series counts as one of its own: ${count(n)} in all.`;
}

export interface Fact {
	name: string;
	text: string;
	value: number | null;
	help: string;
}

export const facts = (e: LedgerEntry): Fact[] => [
	{
		name: 'Trials',
		text: count(e.trials),
		value: e.trials,
		help: 'Everything ever evaluated on this data, saved or not, refused or not.'
	},
	{
		name: 'Distinct',
		text: count(e.distinct),
		value: e.distinct,
		help: 'Different expressions among them.'
	},
	{
		name: 'Failed',
		text: count(e.failed),
		value: e.failed,
		help: 'Refused ones: no Sharpe ratio.'
	},
	{
		name: 'Really different',
		text: count(e.effective?.effective),
		value: e.effective?.effective ?? null,
		help: effectiveText(e)
	},
	{
		name: 'Scatter',
		text: ratio2(e.dispersion),
		value: e.dispersion,
		help: 'Standard deviation of the annual Sharpe ratios of the trials.'
	},
	{
		name: 'Best',
		text: ratio2(e.best),
		value: e.best,
		help: 'The highest annual Sharpe ratio among them.'
	},
	{
		name: 'Best without skill',
		text: ratio2(e.zero_skill_best),
		value: e.zero_skill_best,
		help: 'The best annual Sharpe ratio to be expected of as many independent trials without any skill, over as many dates.'
	},
	{
		name: 'Best by scatter',
		text: ratio2(e.expected_best),
		value: e.expected_best,
		help: 'The best to be expected if the trials scattered around 0 as widely as they do around their own mean.'
	}
];

export const LOCKBOX = {
	sealed: { word: 'Sealed', tone: 'ok' },
	opened: { word: 'Opened', tone: 'warn' },
	burned: { word: 'Burned', tone: 'bad' }
} as const;

/** Whether a trial can be opened: it was saved. */
export const isSaved = ({ run_id, expr }: Trial): boolean => run_id !== null && expr !== null;

/** The rows of a page, as one says it: "1 to 50 of 1,234". */
export const rangeText = (offset: number, rows: number, total: number): string =>
	rows ? `${count(offset + 1)} to ${count(offset + rows)} of ${count(total)}` : 'none';

/** Where a page of the ledger begins; what is no number is the first page. */
export function offsetOf(text: string): number {
	const page = Number(text);
	return Number.isInteger(page) && page > 1 ? (page - 1) * PAGE : 0;
}
