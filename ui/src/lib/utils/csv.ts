/** Tables as text files that spreadsheets may open safely. */

export type Cell = string | number | null | undefined;

/** A spreadsheet takes a text that begins so for a formula, and runs it. */
const FORMULA = /^[=+\-@\t\r]/;

function written(cell: Cell): string {
	if (cell === null || cell === undefined) return '';
	if (typeof cell === 'number') return Number.isFinite(cell) ? String(cell) : '';
	const text = FORMULA.test(cell) ? `'${cell}` : cell;
	return /[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Rows as CSV: texts that would run as formulas get an apostrophe, numbers stay numbers. */
export const csv = (rows: readonly (readonly Cell[])[]): string =>
	rows.map((row) => row.map(written).join(',') + '\r\n').join('');
