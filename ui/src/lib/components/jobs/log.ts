import type { LogLine } from '#lib/api/client.ts';

export const LEVELS = ['DEBUG', 'INFO', 'WARNING', 'ERROR'] as const;
export type Level = (typeof LEVELS)[number];

const RANK: Record<string, number> = {
	DEBUG: 0,
	INFO: 1,
	WARNING: 2,
	WARN: 2,
	ERROR: 3,
	CRITICAL: 4
};
export const rank = (level: string): number => RANK[level.toUpperCase()] ?? 1;

/** One drawn line: a message of several lines takes several. */
export interface LogRow {
	key: string;
	line: LogLine;
	/** The first of its message: carries time and level. */
	head: boolean;
	text: string;
}

const textOf = ({ event, message }: LogLine): string =>
	!message || message === event ? event : event ? `${event}: ${message}` : message;

/** Rows of `lines` of at least `level` that contain `query`, whatever the case. */
export function logRows(lines: LogLine[], level: string, query: string): LogRow[] {
	const least = rank(level);
	const needle = query.trim().toLowerCase();
	const rows: LogRow[] = [];
	for (const line of lines) {
		if (rank(line.level) < least) continue;
		const text = textOf(line);
		if (needle && !text.toLowerCase().includes(needle)) continue;
		text.split('\n').forEach((part, i) => {
			rows.push({ key: `${line.seq}.${i}`, line, head: i === 0, text: part });
		});
	}
	return rows;
}

/** `text` cut at the places where `query` stands; the odd parts are the hits. */
export function cut(text: string, query: string): string[] {
	const needle = query.trim().toLowerCase();
	if (!needle) return [text];
	const parts: string[] = [];
	const low = text.toLowerCase();
	// Some letters change length with their case; then there is no place to mark.
	if (low.length !== text.length) return [text];
	let from = 0;
	for (let at = low.indexOf(needle); at >= 0; at = low.indexOf(needle, from)) {
		parts.push(text.slice(from, at), text.slice(at, at + needle.length));
		from = at + needle.length;
	}
	return [...parts, text.slice(from)];
}

/** What is copied: time, level and message of every row, tab between. */
export const asText = (rows: LogRow[]): string =>
	rows
		.map(({ line, head, text }) => (head ? `${line.ts}\t${line.level}\t${text}` : `\t\t${text}`))
		.join('\n');

/** The time of day of an ISO time. */
export const clock = (ts: string): string => {
	const at = new Date(ts);
	if (Number.isNaN(at.getTime())) return ts;
	return [at.getHours(), at.getMinutes(), at.getSeconds()]
		.map((n) => String(n).padStart(2, '0'))
		.join(':');
};
