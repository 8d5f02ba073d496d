/** The text of a filter, taken apart and put together; what it means only the server knows. */

const JOIN = /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\band\b/gi;

/** The conditions of a filter: what stands between its "and"s, outside quotes. */
export function conditions(text: string): string[] {
	const parts: string[] = [];
	let start = 0;
	for (const found of text.matchAll(JOIN)) {
		if (found[0].toLowerCase() !== 'and') continue;
		parts.push(text.slice(start, found.index));
		start = found.index + 3;
	}
	return [...parts, text.slice(start)].map((part) => part.trim()).filter(Boolean);
}

export const joined = (parts: readonly string[]): string => parts.filter(Boolean).join(' and ');

/** Blanks do not matter but inside quotes. */
const plain = (condition: string): string =>
	condition.replace(/("[^"]*"|'[^']*')|\s+/g, (_, quoted: string | undefined) => quoted ?? '');

export const holds = (text: string, condition: string): boolean =>
	conditions(text).some((part) => plain(part) === plain(condition));

/** The filter with the condition, or without it where it has it. */
export function toggled(text: string, condition: string): string {
	const parts = conditions(text);
	const rest = parts.filter((part) => plain(part) !== plain(condition));
	return joined(rest.length < parts.length ? rest : [...parts, condition]);
}

const tidy = (value: number): string => String(+value.toPrecision(12));

/** What lies in a bar of a histogram; the last one holds its upper edge too. */
export const between = (name: string, low: number, high: number, last = false): string =>
	joined([`${name}>=${tidy(low)}`, `${name}${last ? '<=' : '<'}${tidy(high)}`]);

/** The text with a part of it replaced, for taking up a suggestion. */
export const replaced = (text: string, start: number, end: number, by: string): string =>
	text.slice(0, start) + by + text.slice(end);

export interface Quick {
	label: string;
	condition: string;
	title: string;
}

/** The questions people ask first. */
export const QUICK: readonly Quick[] = [
	{ label: 'Sharpe > 0', condition: 'ann_sharpe>0', title: 'Earns more than it loses' },
	{ label: 'Sharpe > 1', condition: 'ann_sharpe>1', title: 'Sharpe ratio above 1 a year' },
	{
		label: 'Drawdown > \u221220%',
		condition: 'max_dd>-0.2',
		title: 'Never fell by a fifth or more'
	},
	{ label: 'Turnover < 10%', condition: 'turnover<0.1', title: 'Trades less than a tenth a day' },
	{
		label: 'Break-even > 10 bps',
		condition: 'break_even_bps>10',
		title: 'Still earns at costs of 10 basis points a trade'
	},
	{ label: 'Simple', condition: 'complexity_score<=10', title: 'Complexity score of at most 10' }
];
