/** One day of a run, name by name: sums, order, what mattered most. */
import type { Explained, NameDay } from '#lib/api/client.ts';
import { percent, plural, signed } from '#lib/utils/format.ts';

/** Columns whose values add up over the names. */
export const ADDS = [
	'target',
	'before',
	'drifted',
	'trade',
	'after',
	'gross',
	'cost',
	'borrow',
	'net'
] as const;
export type Total = (typeof ADDS)[number];
export type Totals = Record<Total, number | null>;

/** Sum of the values there are; null where there is none. */
function sum(names: readonly NameDay[], key: Total): number | null {
	let [total, known] = [0, false];
	for (const name of names) {
		const value = name[key];
		if (value === null) continue;
		[total, known] = [total + value, true];
	}
	return known ? total : null;
}

export const totals = (names: readonly NameDay[]): Totals =>
	Object.fromEntries(ADDS.map((key) => [key, sum(names, key)])) as Totals;

/** What the names of a day leave of the day's own figures: nothing, but for rounding. */
const CLOSE = 1e-9;

/** Whether the names add up to the day, in words. */
export function addsUp(day: Explained): { ok: boolean; text: string } {
	const { gross, cost, borrow, net } = totals(day.names);
	const over = `Summed over ${plural(day.names.length, 'name')},`;
	const off = Math.max(
		Math.abs((gross ?? 0) - day.gross),
		Math.abs((cost ?? 0) - day.cost),
		Math.abs((borrow ?? 0) - day.borrow)
	);
	const ruined = day.equity_after === 0 && day.equity_before > 0;
	if (off <= CLOSE && Math.abs((net ?? 0) - day.net) <= CLOSE)
		return { ok: true, text: `${over} net is ${percent(day.net, 3)}: the return of the day.` };
	if (off <= CLOSE && ruined)
		return {
			ok: true,
			text: `${over} the loss is ${percent(-(net ?? 0), 2)}, more than the account had: it lost all of it.`
		};
	return {
		ok: false,
		text: `${over} net is ${percent(net, 3)}, but the day has ${percent(day.net, 3)}: please report this.`
	};
}

/** The day in one sentence. */
export function headline(day: Explained): string {
	if (day.equity_before === 0) return 'The account was lost before this date.';
	const size = percent(Math.abs(day.net), 3);
	const went =
		day.net === 0
			? 'The account neither won nor lost'
			: day.net > 0
				? `The account gained ${size}`
				: `The account lost ${size}`;
	const parts = [`${signed(day.gross, 'percent', 3)} from its positions`];
	if (day.cost) parts.push(`${percent(day.cost, 3)} of trading costs`);
	if (day.borrow) parts.push(`${percent(day.borrow, 3)} of borrowing`);
	const why = parts.length > 1 ? `${parts[0]}, less ${parts.slice(1).join(' and ')}` : parts[0];
	return `${went}: ${why}.`;
}

export interface Step {
	name: string;
	/** Empty for what is not one name. */
	symbol: string;
	from: number;
	to: number;
	value: number;
}

/** The names that moved the day most, one after another up to the day's net return.
 *
 * The largest |net| first; the others as one step, and the sum at the end. */
export function waterfall(names: readonly NameDay[], most: number): Step[] {
	const ranked = [...names].sort((a, b) => Math.abs(b.net) - Math.abs(a.net));
	const shown = ranked.slice(0, most).filter((n) => n.net !== 0);
	const rest = ranked.slice(shown.length);
	let at = 0;
	const steps = shown.map(({ symbol, net }) => {
		const step = { name: symbol, symbol, from: at, to: at + net, value: net };
		at += net;
		return step;
	});
	const others = rest.reduce((total, { net }) => total + net, 0);
	if (others !== 0)
		steps.push({
			name: plural(rest.length, 'other name'),
			symbol: '',
			from: at,
			to: at + others,
			value: others
		});
	at += others;
	if (steps.length) steps.push({ name: 'The day', symbol: '', from: 0, to: at, value: at });
	return steps;
}

/** The names whose symbol or group has these letters. */
export function filtered(names: readonly NameDay[], text: string): readonly NameDay[] {
	const wanted = text.trim().toLowerCase();
	if (!wanted) return names;
	return names.filter(
		(n) => n.symbol.toLowerCase().includes(wanted) || (n.group ?? '').toLowerCase().includes(wanted)
	);
}
