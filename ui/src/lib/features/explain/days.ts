/** The dates of a run: which there are, the one before and after, and those an error names. */

/** Points of a curve that the engine gives at most; a longer one is thinned to them, or to two less. */
export const MOST = 5000;

export interface Days {
	/** ISO dates, ascending. */
	dates: readonly string[];
	/** Every date of the run is among them. */
	complete: boolean;
}

export const daysOf = (dates: readonly string[]): Days => ({
	dates,
	complete: dates.length < MOST - 2
});

/** Index of the first date not before `day`. */
function place(dates: readonly string[], day: string): number {
	let [lo, hi] = [0, dates.length];
	while (lo < hi) {
		const mid = (lo + hi) >> 1;
		if (dates[mid] < day) lo = mid + 1;
		else hi = mid;
	}
	return lo;
}

const shifted = (day: string, by: number): string =>
	new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);

const isWeekend = (day: string): boolean =>
	[0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());

/** The date of the run before (-1) or after (1) `day`; null at its ends.
 *
 * Of a run whose dates are not all known, the weekday before or after. */
export function step({ dates, complete }: Days, day: string, way: -1 | 1): string | null {
	if (!dates.length) return null;
	const at = place(dates, day);
	if (complete) return dates[way < 0 ? at - 1 : dates[at] === day ? at + 1 : at] ?? null;
	let to = shifted(day, way);
	while (isWeekend(to)) to = shifted(to, way);
	return to < dates[0] || to > dates[dates.length - 1] ? null : to;
}

/** What is wrong with a day, before the engine is asked; null when nothing is. */
export function outside({ dates }: Days, day: string): string | null {
	const [first, last] = [dates.at(0), dates.at(-1)];
	if (!first || !last || (day >= first && day <= last)) return null;
	return `The run goes from ${first} to ${last}.`;
}

/** The dates a message offers instead of the one asked for, the earlier one first. */
export const offered = (message: string): string[] =>
	(/nearest being (.*)/.exec(message)?.[1].match(/\d{4}-\d{2}-\d{2}/g) ?? []).slice(0, 2);

export interface Move {
	date: string;
	change: number;
}

/** The worst and the best date of a curve; null unless every date is there and the value moved. */
export function extremes(
	{ dates, complete }: Days,
	equity: readonly number[]
): { worst: Move; best: Move } | null {
	if (!complete) return null;
	let [worst, best]: (Move | null)[] = [null, null];
	for (let i = 0; i < dates.length; i++) {
		const before = i ? equity[i - 1] : 1;
		if (!(before > 0)) continue;
		const move = { date: dates[i], change: equity[i] / before - 1 };
		if (!worst || move.change < worst.change) worst = move;
		if (!best || move.change > best.change) best = move;
	}
	return worst && best && worst.change < 0 && best.change > 0 ? { worst, best } : null;
}
