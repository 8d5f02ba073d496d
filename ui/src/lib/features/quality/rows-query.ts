/** Which rows of a data set are shown, as it stands in the address. */
import { withParams, type Params, type Search } from '#lib/utils/search-params.ts';
import type { RowFilter } from './types.ts';

export interface RowsQuery {
	symbols: string[];
	start: string;
	end: string;
	/** None: the first few. */
	columns: string[];
}

/** Columns shown where none are asked for. */
export const FEW = 12;
/** More are not shown at once. */
export const MOST = 60;

/** Names may contain anything, so they are a list of JSON only where a comma would part them. */
export const listText = (names: readonly string[]): string =>
	names.some((name) => name.includes(',') || name.startsWith('[') || name !== name.trim())
		? JSON.stringify(names)
		: names.join(',');

function split(text: string): string[] {
	if (text.startsWith('[')) {
		try {
			const found: unknown = JSON.parse(text);
			if (Array.isArray(found)) return found.filter((name) => typeof name === 'string');
		} catch {
			// Somebody wrote it by hand: a list of names like any other.
		}
	}
	return text
		.split(',')
		.map((name) => name.trim())
		.filter(Boolean);
}

const DAY = /^\d{4}-\d{2}-\d{2}$/;
/** A day of the calendar, or "": what is no day is not asked for. */
export function dayOf(text: string | null): string {
	const at = text && DAY.test(text) ? Date.parse(text) : NaN;
	return text && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text) ? text : '';
}

export const readRows = (params: Params): RowsQuery => ({
	symbols: [...new Set(split(params.get('symbols') ?? ''))],
	start: dayOf(params.get('start')),
	end: dayOf(params.get('end')),
	columns: [...new Set(split(params.get('columns') ?? ''))]
});

/** The search part that means this query. */
export const rowsSearch = (query: Partial<RowsQuery>, params: Params = NONE): Search =>
	withParams(params, {
		...(query.symbols && { symbols: listText(query.symbols) }),
		...(query.columns && { columns: listText(query.columns) }),
		...(query.start !== undefined && { start: query.start }),
		...(query.end !== undefined && { end: query.end })
	});
const NONE: Params = new URLSearchParams();

/** What a finding is about. */
export const filterQuery = (filter: RowFilter): RowsQuery => ({
	symbols: [...filter.symbols],
	start: filter.start ?? '',
	end: filter.end ?? '',
	columns: [...filter.columns]
});

const shift = (day: string, days: number): string =>
	new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** The rows around one place of a finding: what stands before and after says what happened. */
export const around = (
	symbol: string | null,
	day: string | null,
	columns: readonly string[],
	days = 10
): RowsQuery => ({
	symbols: symbol === null ? [] : [symbol],
	start: day ? shift(day, -days) : '',
	end: day ? shift(day, days) : '',
	columns: [...columns]
});

/** The columns to ask for: those chosen that exist, else the first few, the price before all. */
export function columnsShown(
	chosen: readonly string[],
	all: readonly string[],
	price: string
): string[] {
	const known = new Set(all);
	const wanted = chosen.filter((name) => known.has(name));
	if (wanted.length) return wanted.slice(0, MOST);
	return [...(known.has(price) ? [price] : []), ...all.filter((name) => name !== price)].slice(
		0,
		FEW
	);
}

/** Why a range shows nothing; null when it may. */
export const rangeProblem = (start: string, end: string): string | null =>
	start && end && start > end ? 'The last date lies before the first.' : null;
