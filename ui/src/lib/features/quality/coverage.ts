/** How complete each symbol is by month, as lines of a picture and as words. */
import { percent, plural } from '#lib/utils/format.ts';
import { visible } from '#lib/utils/visible.ts';
import type { Coverage } from './types.ts';

/** Outside the life of a symbol: no share at all. */
export const OUTSIDE = -1;
const NONE = 45; // "-"
const ALL = 97; // "a"
const ZERO = 48; // "0"
const NINE = 57; // "9"

/** The share of dates a character stands for: the middle of its tenth. */
export function shareOf(code: number): number {
	if (code === ALL) return 1;
	if (code === NONE) return 0;
	return code >= ZERO && code <= NINE ? (code - ZERO + 0.5) / 10 : OUTSIDE;
}

/** Shares that look alike: 0 outside its life, 1 nothing, then below a half, most, nearly all, all. */
export const CLASSES = [
	'not listed',
	'no dates',
	'under 50%',
	'50% to 90%',
	'over 90%',
	'every date'
];
export function classOf(share: number): number {
	if (share < 0) return 0;
	if (share === 0) return 1;
	if (share < 0.5) return 2;
	if (share < 0.9) return 3;
	return share < 0.9995 ? 4 : 5;
}

/** One symbol over its whole life. */
export interface Life {
	symbol: string;
	cells: string;
	/** Months it begins and ends with; -1 where it never has a price. */
	first: number;
	last: number;
	share: number;
	/** Months in its life that lack a date. */
	holes: number;
}

function lifeOf(symbol: string, cells: string): Life {
	let [first, last, sum, months, holes] = [-1, -1, 0, 0, 0];
	for (let i = 0; i < cells.length; i++) {
		const share = shareOf(cells.charCodeAt(i));
		if (share < 0) continue;
		if (first < 0) first = i;
		last = i;
		months++;
		sum += share;
		if (share < 1) holes++;
	}
	return { symbol, cells, first, last, share: months ? sum / months : 0, holes };
}

export const lives = ({ symbols, cells }: Coverage): Life[] =>
	symbols.map((symbol, i) => lifeOf(symbol, cells[i] ?? ''));

export type Order = 'name' | 'start' | 'worst';
export const ORDERS: { value: Order; label: string }[] = [
	{ value: 'name', label: 'Order: by name' },
	{ value: 'start', label: 'Order: by first month' },
	{ value: 'worst', label: 'Order: least complete' }
];

const later = (a: number, b: number): number => (a < 0 ? Infinity : a) - (b < 0 ? Infinity : b);
export function inOrder(all: readonly Life[], order: Order): Life[] {
	const list = [...all];
	if (order === 'worst') return list.sort((a, b) => a.share - b.share);
	if (order === 'start')
		return list.sort((a, b) => later(a.first, b.first) || later(a.last, b.last) || 0);
	return list.sort((a, b) => (a.symbol < b.symbol ? -1 : a.symbol > b.symbol ? 1 : 0));
}

/** One line of the picture: a symbol, or some neighbours where there is no room for each. */
export interface Line {
	members: Life[];
	shares: Float32Array;
}

function lineOf(members: Life[], months: number): Line {
	const shares = new Float32Array(months);
	for (let m = 0; m < months; m++) {
		let [sum, n] = [0, 0];
		for (const { cells } of members) {
			const share = m < cells.length ? shareOf(cells.charCodeAt(m)) : OUTSIDE;
			if (share >= 0) [sum, n] = [sum + share, n + 1];
		}
		shares[m] = n ? sum / n : OUTSIDE;
	}
	return { members, shares };
}

/** The lives as at most `most` lines. */
export function linesOf(all: readonly Life[], months: number, most: number): Line[] {
	const each = Math.max(1, Math.ceil(all.length / Math.max(1, most)));
	const lines: Line[] = [];
	for (let i = 0; i < all.length; i += each) lines.push(lineOf(all.slice(i, i + each), months));
	return lines;
}

/** What a line is called: "AAPL", "AAPL to AMZN (12 symbols)". */
export function lineName({ members }: Line): string {
	const name = visible(members[0].symbol);
	if (members.length === 1) return name;
	return `${name} to ${visible(members[members.length - 1].symbol)} (${plural(members.length, 'symbol')})`;
}

/** A share in words: of one symbol the tenth that is known, of several their mean. */
export function shareText(line: Line, month: number): string {
	const share = line.shares[month] ?? OUTSIDE;
	if (share < 0) return 'not listed';
	if (share === 0) return 'no dates';
	if (share >= 0.9995) return 'every date';
	if (line.members.length > 1) return `${percent(share, 0)} of the dates on average`;
	const tenth = Math.floor(share * 10) / 10;
	return tenth === 0
		? 'less than 10% of the dates'
		: `${percent(tenth, 0)} to ${percent(tenth + 0.1, 0)} of the dates`;
}

export const cellText = (line: Line, months: readonly string[], month: number): string =>
	`${lineName(line)}, ${months[month]}: ${shareText(line, month)}`;

/** The picture in a sentence. */
export function coverageSummary(all: readonly Life[], months: readonly string[]): string {
	if (!all.length || !months.length) return 'There are no symbols or no months to show.';
	const living = all.filter((l) => l.first >= 0);
	const whole = living.filter((l) => l.holes === 0).length;
	const share = living.reduce((sum, l) => sum + l.share, 0) / Math.max(1, living.length);
	const late = living.filter((l) => l.first > 0).length;
	const left = living.filter((l) => l.last < months.length - 1).length;
	return (
		[
			`${plural(all.length, 'symbol')} from ${months[0]} to ${months[months.length - 1]}`,
			`${share < 1 && share >= 0.9995 ? 'nearly all' : percent(share, 1)} of the dates have a price while a symbol is listed`,
			`${plural(whole, 'symbol has', 'symbols have')} every date`,
			`${plural(late, 'begins', 'begin')} later and ${plural(left, 'ends', 'end')} earlier than the data`
		].join(', ') + '.'
	);
}

/** The days of a month, both ends included. */
export function daysOf(month: string): [string, string] {
	const [year, at] = month.split('-').map(Number);
	const last = new Date(Date.UTC(year, at, 0)).getUTCDate();
	return [`${month}-01`, `${month}-${String(last).padStart(2, '0')}`];
}

export interface Cell {
	line: number;
	month: number;
}

/** The cell a key leads to; null when the key does not move. */
export function cellAt(
	key: string,
	shift: boolean,
	at: Cell | null,
	lines: number,
	months: number
): Cell | null {
	const [down, right] = shift ? [10, 12] : [1, 1];
	const from = at ?? { line: 0, month: 0 };
	const steps: Record<string, Partial<Cell>> = {
		ArrowUp: { line: from.line - down },
		ArrowDown: { line: from.line + down },
		PageUp: { line: from.line - 20 },
		PageDown: { line: from.line + 20 },
		ArrowLeft: { month: from.month - right },
		ArrowRight: { month: from.month + right },
		Home: { month: 0 },
		End: { month: months - 1 }
	};
	const step = steps[key];
	if (!step || !lines || !months) return null;
	const to = at ? { ...from, ...step } : from;
	const within = (v: number, n: number) => Math.max(0, Math.min(n - 1, v));
	return { line: within(to.line, lines), month: within(to.month, months) };
}

/** Complete years of a life, for a table: the mean share of their months; null outside. */
export function byYear(life: Life, months: readonly string[]): Map<string, number | null> {
	const sums = new Map<string, [number, number]>();
	months.forEach((month, i) => {
		const year = month.slice(0, 4);
		const [sum, n] = sums.get(year) ?? [0, 0];
		const share = i < life.cells.length ? shareOf(life.cells.charCodeAt(i)) : OUTSIDE;
		sums.set(year, share < 0 ? [sum, n] : [sum + share, n + 1]);
	});
	return new Map([...sums].map(([year, [sum, n]]) => [year, n ? sum / n : null]));
}
