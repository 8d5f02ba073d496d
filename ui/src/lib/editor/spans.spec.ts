import { expect, it } from 'vitest';
import type { Check } from '#lib/api/client.ts';
import { findings, unitsAt } from './spans.ts';

const check = (start: number, end: number, suggestions: string[] = []): Check => ({
	ok: false,
	canonical: null,
	expr_hash: null,
	complexity: null,
	complexity_score: null,
	lookback: null,
	all_history: false,
	features: [],
	diagnostics: [{ start, end, severity: 'error', message: 'Wrong.', suggestions }]
});

it('counts characters as the engine does', () => {
	expect(unitsAt('abc', 2)).toBe(2);
	expect(unitsAt('"𝔸𝔹" + x', 5)).toBe(7);
	expect(unitsAt('abc', 9)).toBe(3);
});

it('keeps the quotation marks of a name', () => {
	expect(findings(check(5, 9, ['close']), 'feat("cl") + 1')).toEqual([
		{
			from: 5,
			to: 9,
			severity: 'error',
			message: 'Wrong.',
			fixes: [{ label: 'close', text: '"close"' }]
		}
	]);
	expect(findings(check(0, 2, ['close']), 'cl + 1')[0].fixes[0].text).toBe('close');
	expect(findings(null, 'x')).toEqual([]);
});
