import { expect, it } from 'vitest';
import type { LogLine } from '#lib/api/client.ts';
import { asText, cut, logRows } from './log.ts';

const line = (seq: number, level: string, event: string, message = '') =>
	({ seq, ts: '2026-01-01T10:00:00Z', level, job_id: '', event, message }) as LogLine;
const lines = [
	line(1, 'info', 'started'),
	line(2, 'WARNING', 'stale', 'no price for ABC'),
	line(3, 'ERROR', 'crashed', 'Traceback\n  at line 1')
];

it('keeps what is at least as grave as asked', () =>
	expect([
		logRows(lines, 'DEBUG', '').length,
		logRows(lines, 'WARNING', '').map((r) => r.line.seq),
		logRows(lines, 'ERROR', '').length
	]).toEqual([4, [2, 3, 3], 2]));
it('finds text whatever the case, in all lines of a message', () =>
	expect(logRows(lines, 'DEBUG', ' LINE 1').map((r) => r.text)).toEqual([
		'crashed: Traceback',
		'  at line 1'
	]));
it('gives every row its own key', () =>
	expect(new Set(logRows(lines, 'DEBUG', '').map((r) => r.key)).size).toBe(4));
it('cuts out the hits', () => {
	expect(cut('no price for ABC, abc', 'abc')).toEqual(['no price for ', 'ABC', ', ', 'abc', '']);
	expect([cut('x', ''), cut('İx', 'x'), cut('x', 'y')]).toEqual([['x'], ['İx'], ['x']]);
});
it('copies with tabs', () =>
	expect(asText(logRows(lines, 'WARNING', ''))).toBe(
		'2026-01-01T10:00:00Z\tWARNING\tstale: no price for ABC\n' +
			'2026-01-01T10:00:00Z\tERROR\tcrashed: Traceback\n\t\t  at line 1'
	));
