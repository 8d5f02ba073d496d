/** What stands in the way of an import, as a sentence at its place. */
import { count, plural } from '#lib/utils/format.ts';
import type { Dataset, ImportReport, Preview } from './types.ts';

/** What a name means for the data sets there are. */
export function nameHint(target: string, datasets: readonly Dataset[]): string {
	const there = datasets.find(({ name }) => name === target);
	if (!there) return 'How the data set is called in Kvant.';
	const kept = there.strategies
		? `the older ones and their ${plural(there.strategies, 'strategy', 'strategies')} are kept`
		: 'older versions are kept';
	return `A data set of this name is there: other content becomes its version ${count(there.versions + 1)}, ${kept}.`;
}

/** Why the periods of a year cannot be that; null when they can. */
export const periodsProblem = (value: number | null): string | null =>
	value !== null && value > 0 && value <= 100_000
		? null
		: 'Write a number above 0: 252 for trading days, 52 for weeks, 12 for months.';

/** Why nothing can be imported yet; null when it can. */
export function obstacle(preview: Preview | null, reading: boolean): string | null {
	if (reading) return 'The file is being read.';
	if (!preview) return 'Choose a file first.';
	if (preview.question) return 'Answer the question above first.';
	if (preview.problem || !preview.report) return 'The file cannot be imported as it is.';
	return null;
}

/** What an import would make, in one line. */
export const outcome = (report: ImportReport): string =>
	`${plural(report.rows, 'row')}: ${plural(report.symbols, 'symbol')} on ${plural(report.dates, 'date')}, ${report.first_date} to ${report.last_date}`;

/** What deleting a data set means. */
export function deletion({
	strategies,
	versions
}: Pick<Dataset, 'strategies' | 'versions'>): string {
	const all = versions > 1 ? `All its ${count(versions)} versions go` : 'It goes';
	const results = strategies
		? ` Its ${plural(strategies, 'strategy and its results stay', 'strategies and their results stay')}.`
		: '';
	return `${all} from the list; the file it was made of is not touched.${results}`;
}
