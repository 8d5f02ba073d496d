/** What was found in a data set, in words and in order. */
import type { BadgeTone } from '#lib/components/ui/Badge.svelte';
import { csv, type Cell } from '#lib/utils/csv.ts';
import { count, plural } from '#lib/utils/format.ts';
import type { Calendar, Finding, Severity } from './types.ts';

export const SEVERITIES: readonly Severity[] = ['error', 'warning', 'info'];
export const WORDS: Record<Severity, { one: string; many: string; tone: BadgeTone }> = {
	error: { one: 'Error', many: 'Errors', tone: 'bad' },
	warning: { one: 'Warning', many: 'Warnings', tone: 'warn' },
	info: { one: 'Note', many: 'Notes', tone: 'plain' }
};

export type Counts = Record<Severity, number>;

export const countsOf = (findings: readonly Finding[]): Counts => {
	const counts: Counts = { error: 0, warning: 0, info: 0 };
	for (const { severity } of findings) counts[severity]++;
	return counts;
};

const weight = (f: Finding): number => SEVERITIES.indexOf(f.severity);

/** The worst first; what the engine put in order stays so. */
export const ordered = (findings: readonly Finding[]): Finding[] =>
	findings
		.map((finding, i) => ({ finding, i }))
		.sort((a, b) => weight(a.finding) - weight(b.finding) || a.i - b.i)
		.map(({ finding }) => finding);

export const ofSeverity = (findings: readonly Finding[], wanted: Severity | null): Finding[] =>
	findings.filter(({ severity }) => wanted === null || severity === wanted);

const one = (unit: string): string =>
	unit.endsWith('ies') ? `${unit.slice(0, -3)}y` : unit.replace(/s$/, '');
const many = (unit: string): string =>
	unit.endsWith('s') ? unit : unit.endsWith('y') ? `${unit.slice(0, -1)}ies` : `${unit}s`;

/** "1 cell", "1,204 cells": the engine names the unit in either number. */
export const amount = (n: number, unit: string): string => plural(n, one(unit), many(unit));

/** Where it was found: "1,204 cells of 12 symbols in close". */
export function extent(f: Finding): string {
	const symbols = f.symbols && one(f.unit) !== 'symbol' ? ` of ${plural(f.symbols, 'symbol')}` : '';
	return amount(f.count, f.unit) + symbols;
}

const DAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

/** "Monday to Friday", or the days by name where they do not follow one another. */
export function weekdayText(days: readonly number[]): string {
	const sorted = [...new Set(days)].filter((d) => d >= 0 && d < 7).sort((a, b) => a - b);
	const together = sorted.every((d, i) => d === sorted[0] + i);
	if (sorted.length > 2 && together) return `${DAYS[sorted[0]]} to ${DAYS[sorted.at(-1) ?? 0]}`;
	return sorted.map((d) => DAYS[d]).join(', ');
}

/** The rhythm of the data set in a sentence. */
/** What the locked dates hold beyond what is shown: numbers of places and nothing of what is there. */
export function lockedText(locked: Record<string, number>): string {
	const all = Object.values(locked).reduce((sum, n) => sum + n, 0);
	if (!all) return '';
	const parts = Object.entries(locked)
		.sort(([, a], [, b]) => b - a)
		.map(([kind, n]) => `${count(n)} ${kind.replaceAll('_', ' ')}`);
	return `; the locked dates, which are not shown, would add ${parts.join(', ')}`;
}

export function calendarText(c: Calendar): string {
	const days = c.weekdays.length ? weekdayText(c.weekdays) : '';
	const rhythm: Record<string, string> = {
		'business days': `A date each working day${days ? `, ${days}` : ''}`,
		'every day': 'A date every day',
		weeks: `A date each week${days ? `, on ${days}` : ''}`,
		months: 'A date each month',
		irregular: 'Dates follow no rhythm'
	};
	const begun = rhythm[c.frequency] ?? `Frequency: ${c.frequency}`;
	const off = DAILY.has(c.frequency)
		? `, ${c.holidays ? `${plural(c.holidays, 'usual day')} without any row` : 'no usual day without a row'}`
		: '';
	const gap =
		c.longest_break > 0 ? `; breaks of up to ${plural(c.longest_break, 'day')} are usual` : '';
	return `${begun}${off}${gap}.`;
}
/** Where days without rows are counted. */
const DAILY = new Set(['business days', 'every day']);

/** One line of the page in words, for who hears it: "2 errors, 3 warnings, 1 note". */
export function countsText(counts: Counts): string {
	const some = SEVERITIES.filter((s) => counts[s] > 0);
	return some.length
		? some
				.map((s) => plural(counts[s], WORDS[s].one.toLowerCase(), WORDS[s].many.toLowerCase()))
				.join(', ')
		: 'nothing found';
}

const HEAD = [
	...['severity', 'kind', 'title', 'column', 'count', 'unit', 'symbols', 'message'],
	...['example_symbol', 'example_date', 'example']
];

/** All findings as a table, a line for each example; texts cannot run as formulas. */
export function findingsCsv(findings: readonly Finding[]): string {
	const rows = findings.flatMap((f): Cell[][] => {
		const about = [
			f.severity,
			f.kind,
			f.title,
			f.column,
			f.count,
			f.unit,
			f.symbols,
			f.message
		] satisfies Cell[];
		if (!f.examples.length) return [[...about, null, null, null]];
		return f.examples.map((e) => [...about, e.symbol, e.date, e.text]);
	});
	return csv([HEAD, ...rows]);
}

/** A name for the file: data sets may be called anything that letters allow. */
export const csvName = (dataset: string, version: number): string =>
	`${dataset}-v${count(version).replaceAll(',', '')}-quality.csv`;
