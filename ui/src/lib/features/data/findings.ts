/** What was found in the quality of a data set, in few words. */
import { plural } from '#lib/utils/format.ts';
import type { FindingCounts } from './types.ts';

type Severity = 'error' | 'warning' | 'info';

const WORDS: { severity: Severity; one: string; many: string; tone: string }[] = [
	{ severity: 'error', one: 'error', many: 'errors', tone: 'text-bad' },
	{ severity: 'warning', one: 'warning', many: 'warnings', tone: 'text-warn' },
	{ severity: 'info', one: 'remark', many: 'remarks', tone: 'text-soft' }
];

export interface FindingWord {
	severity: Severity;
	text: string;
	/** The class of its colour. */
	tone: string;
}

/** One word for each severity that occurs, the worst first. */
export const findingWords = (counts: FindingCounts): FindingWord[] =>
	WORDS.filter(({ severity }) => (counts[severity] ?? 0) > 0).map(
		({ severity, one, many, tone }) => ({
			severity,
			text: plural(counts[severity], one, many),
			tone
		})
	);
