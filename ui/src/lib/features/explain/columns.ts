/** The columns of the table of names, their meaning and their order. */
import type { NameDay } from '#lib/api/client.ts';
import { compact, percent, type Maybe } from '#lib/utils/format.ts';
import { ADDS, type Total } from './day.ts';

export type Key = Exclude<keyof NameDay, 'event'>;

export interface Column {
	key: Key;
	label: string;
	help: string;
	/** A track of the row's grid. */
	width: string;
	numeric: boolean;
	text: (value: Maybe) => string;
	/** Gains and losses. */
	sign?: boolean;
}

const weight = (v: Maybe) => percent(v, 2);
const part = (v: Maybe) => percent(v, 3);
const paid = (v: Maybe) => percent(v, 4);

/** As wide as the name with its arrow and the numbers it holds, so that all stand in a wide window. */
function widthOf(key: Key, text: (value: Maybe) => string): string {
	if (key === 'neutralized') return '5rem';
	return text === weight ? '4rem' : '4.5rem';
}

const number = (
	key: Key,
	label: string,
	help: string,
	text: (value: Maybe) => string,
	sign = false
): Column => ({ key, label, help, width: widthOf(key, text), numeric: true, text, sign });

export const COLUMNS: readonly Column[] = [
	{
		key: 'symbol',
		label: 'Symbol',
		help: 'The name held, traded or with a signal.',
		width: 'minmax(5.5rem, 1fr)',
		numeric: false,
		text: () => ''
	},
	{
		key: 'group',
		label: 'Group',
		help: 'By the category the run neutralizes by, else by the first one.',
		width: 'minmax(5rem, 1fr)',
		numeric: false,
		text: () => ''
	},
	number('signal', 'Signal', 'The value of the expression; missing outside the universe.', compact),
	number('neutralized', 'Neutralized', 'The signal less the mean of its market or group.', compact),
	number('sized', 'Sized', 'Clipped to the cap, or scaled: a weight of the book.', weight),
	number('limited', 'Limited', 'The weight within cap and leverage.', weight),
	number('target', 'Target', 'The weight after smoothing: what is traded at the close.', weight),
	number('price', 'Price', 'Of this date.', compact),
	number('ret', 'Return', 'Of the price since the last one known.', (v) => percent(v, 2), true),
	number(
		'before',
		'Before',
		'Held overnight, as a share of the value at the close before.',
		weight
	),
	number('drifted', 'Drifted', 'The same after today’s return, before trading.', weight),
	number('trade', 'Trade', 'Bought (above 0) or sold (below 0) at the close.', weight),
	number('after', 'After', 'Held after trading.', weight),
	number('gross', 'Gross', 'Before × return: what the position earned.', part, true),
	number('cost', 'Cost', 'Paid for the trade.', paid),
	number('borrow', 'Borrow', 'Paid for being short.', paid),
	number('net', 'Net', 'Gross less cost and borrow: its share of the day’s return.', part, true)
];

/** The columns of a day: groups only where there are any. */
export const columnsOf = (names: readonly NameDay[]): readonly Column[] =>
	names.some((n) => n.group !== null) ? COLUMNS : COLUMNS.filter((c) => c.key !== 'group');

export const isTotal = (key: Key): key is Total => (ADDS as readonly string[]).includes(key);

/** Ordered by a column; `way` 1 is ascending. What is missing comes last either way. */
export interface Order {
	key: Key;
	way: 1 | -1;
	/** By size, whatever the sign: where the engine's own order begins. */
	size?: boolean;
}

export const FIRST: Order = { key: 'net', way: -1, size: true };

/** The order after a click on a column: numbers begin with the highest, text with A. */
export function clicked(order: Order, { key, numeric }: Column): Order {
	if (order.key === key && !order.size) return { key, way: order.way === 1 ? -1 : 1 };
	return { key, way: numeric ? -1 : 1 };
}

function compare(a: string | number, b: string | number): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

export function ordered(names: readonly NameDay[], { key, way, size }: Order): readonly NameDay[] {
	const value = (n: NameDay): string | number | null => {
		const v = n[key];
		return size && typeof v === 'number' ? Math.abs(v) : v;
	};
	return [...names].sort((a, b) => {
		const [x, y] = [value(a), value(b)];
		if (x === null || y === null) return Number(x === null) - Number(y === null) || tied(a, b);
		return way * compare(x, y) || tied(a, b);
	});
}

const tied = (a: NameDay, b: NameDay): number => compare(a.symbol, b.symbol);
