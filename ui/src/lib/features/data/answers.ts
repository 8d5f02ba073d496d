/** Questions about a file: what the answers are called, and which option each of them sets. */
import { visible } from '#lib/utils/visible.ts';
import { withName, withOption, withRole } from './options.ts';
import type { ImportOptions, Preview, Question } from './types.ts';

export interface Choice {
	value: string;
	label: string;
}
type Option = keyof ImportOptions;

const LABELS: Partial<Record<Option, Record<string, string>>> = {
	layout: { long: 'Long: one row per date and symbol', wide: 'Wide: one column per symbol' },
	header: { true: 'Names of columns', false: 'Data already' },
	encoding: {
		'utf-8': 'UTF-8',
		'utf-16-le': 'UTF-16, little end first',
		'utf-16-be': 'UTF-16, big end first',
		cp1252: 'Windows 1252 (western Europe)',
		'mac-roman': 'Mac Roman'
	},
	separator: { ',': 'Comma  ,', ';': 'Semicolon  ;', '\t': 'Tab', '|': 'Bar  |' },
	decimal: { '.': 'Point: 1.5 is one and a half', ',': 'Comma: 1,5 is one and a half' },
	date_order: {
		dmy: 'Day first: 03/04 is the 3rd of April',
		mdy: 'Month first: 03/04 is March the 4th'
	},
	duplicates: { first: 'Keep the first of them', last: 'Keep the last of them' }
};

const TITLES: Partial<Record<Option, string>> = {
	date: 'Which column holds the dates?',
	symbol: 'Which column holds the symbols?',
	price: 'Which column is the price?',
	universe: 'Which column says what belongs to the universe?',
	value: 'What are the numbers in the cells called?',
	currency: 'Which column holds the currency of the prices?',
	rename: 'What shall the column be called?',
	layout: 'How do the rows run?',
	header: 'What is the first line?',
	sheet: 'Which sheet?',
	encoding: 'In which encoding is the text written?',
	separator: 'What separates the columns?',
	decimal: 'Which is the decimal mark?',
	date_order: 'Which comes first in the dates, day or month?',
	duplicates: 'Which of the rows of one date and symbol is right?'
};

/** What is asked, in one sentence. */
export const titleOf = (option: string): string =>
	Object.hasOwn(TITLES, option)
		? (TITLES[option as Option] as string)
		: 'A question about the file';

/** The readings of a file one can choose from, and what each is about. */
export const READINGS: { option: Option; label: string }[] = [
	{ option: 'layout', label: 'Layout' },
	{ option: 'header', label: 'The first line holds' },
	{ option: 'separator', label: 'Columns are separated by' },
	{ option: 'encoding', label: 'Encoding' },
	{ option: 'decimal', label: 'Decimal mark' },
	{ option: 'date_order', label: 'Order in dates' },
	{ option: 'duplicates', label: 'Rows of one date and symbol' }
];

/** What an answer is called. */
export function labelOf(option: string, value: string): string {
	const labels = LABELS[option as Option] ?? {};
	return Object.hasOwn(labels, value) ? labels[value] : value;
}

/** A message without what it says to those who type commands: here one presses a button. */
export const forPage = (message: string): string =>
	message.replace(/[;,.]?\s+(or )?say [^.;]*?with --[^;]*?\.(?=\s|$)/gi, '.');

/** Every answer there is to an option. */
export const answersTo = (option: Option): Choice[] =>
	Object.entries(LABELS[option] ?? {}).map(([value, label]) => ({ value, label }));

const COLUMNS: readonly string[] = ['date', 'symbol', 'price', 'universe', 'value', 'currency'];

/** The answers to a question: its own, else the columns where it asks for one; none: free text. */
export function choicesOf(question: Question, columns: readonly { name: string }[]): Choice[] {
	const { option, choices } = question;
	const texts = choices.length
		? choices
		: COLUMNS.includes(option)
			? columns.map(({ name }) => name)
			: [];
	const known = [...new Set(texts)].map((value) => ({
		value,
		label: visible(labelOf(option, value))
	}));
	return known.length ? known : answersTo(option as Option);
}

/** The options with the question answered. */
export function answered(
	options: ImportOptions,
	{ option, column }: Question,
	answer: string
): ImportOptions {
	if (option === 'header') return withOption(options, 'header', answer === 'true');
	if (option === 'rename') return column === null ? options : withName(options, column, answer);
	if (option === 'categories') return withRole(options, column ?? answer, 'category');
	if (option === 'ignore') return withRole(options, column ?? answer, 'ignore');
	if (option === 'periods_per_year') return withOption(options, option, Number(answer));
	return withOption(options, option as 'date', answer);
}

/** The reading in force, as a value of its select: "" when the file itself decides. */
export const chosen = (options: ImportOptions, option: Option): string => {
	const value = options[option];
	return value === null || value === undefined ? '' : String(value);
};

/** The answers to an option in a select, the first being what was found out. */
export function readings(preview: Preview, option: Option): Choice[] {
	const found = chosen(preview.options, option);
	const auto = found ? `Found: ${labelOf(option, found)}` : 'As found out';
	const sheets = [...new Set(preview.sheets)].map((value) => ({ value, label: visible(value) }));
	return [{ value: '', label: auto }, ...(option === 'sheet' ? sheets : answersTo(option))];
}

/** The options with a reading chosen in a select. */
export function withReading(options: ImportOptions, option: Option, value: string): ImportOptions {
	if (value === '') return withOption(options, option, null);
	return answered(options, { option, message: '', choices: [], column: null }, value);
}
