/** Files that can become a data set. */

const TEXT = ['.csv', '.tsv', '.txt'];
export const ENDINGS = [
	...['.parquet', '.pq', '.arrow', '.feather', '.ipc', '.xlsx', '.xlsm'],
	...TEXT,
	...TEXT.map((ending) => `${ending}.gz`),
	'.gz'
];
/** For a file input, which knows only the last ending. */
export const ACCEPT = [...new Set(ENDINGS.map((e) => `.${e.split('.').at(-1)}`))].join(',');
const LARGEST = 2 ** 31;

/** Why a file cannot be taken; null when it can be tried. */
export function refusal(file: { name: string; size?: number }): string | null {
	const name = file.name.toLowerCase();
	if (!ENDINGS.some((ending) => name.endsWith(ending)))
		return `${file.name} is not a file Kvant reads. Choose a text file with columns (CSV, TSV), plain or gzipped, or Parquet, Arrow, Feather or an Excel workbook (.xlsx).`;
	if (file.size === 0) return `${file.name} is empty.`;
	if ((file.size ?? 0) > LARGEST)
		return `${file.name} is larger than 2 GB. Import it from the command line: kvant import.`;
	return null;
}

/** Why what was dropped is not taken; null when it is one thing that may be a file. */
export function dropProblem(count: number, folder: boolean): string | null {
	if (count > 1)
		return 'Drop one file at a time; files of one data set can be imported as a folder.';
	return folder
		? 'A folder cannot be dropped. Choose it in the window of Kvant, or write: kvant import FOLDER.'
		: null;
}

/** The name a data set gets from its file, as the engine makes it. */
export const nameOf = (file: string): string =>
	(file.split('.')[0] || file)
		.replace(/[^\p{L}\p{N}_-]+/gu, '_')
		.slice(0, 64)
		.replace(/^_+|_+$/g, '') || 'data';

/** What is wrong with a name; null when the engine takes it. Empty is left to the engine. */
export function nameProblem(name: string): string | null {
	if (!name) return null;
	const bad =
		!/^[\p{L}\p{N}_][\p{L}\p{N}_.-]{0,63}$/u.test(name) ||
		ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
	return bad ? 'Use up to 64 letters, digits, _, - and ., without the ending of a file.' : null;
}
