import { expect, it } from 'vitest';
import type { Check } from '#lib/api/client.ts';
import { findings, told, unitsAt } from './spans.ts';

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

it('writes a name that could not stand alone as a column', () => {
	const text = (source: string, start: number, end: number) =>
		findings(check(start, end, ['net "income"']), source)[0].fixes[0].text;
	expect(text('nt + 1', 0, 2)).toBe('feat("net \\"income\\"")');
	expect(text("feat('nt')", 5, 9)).toBe('\'net "income"\'');
});

it('puts the worst first, and says what kind it is', () => {
	const { diagnostics, ...rest } = check(0, 1);
	const kinds = ['info', 'warning', 'error'] as const;
	const all = kinds.map((severity) => ({ ...diagnostics[0], severity }));
	expect(findings({ ...rest, diagnostics: all } as Check, 'x').map(told)).toEqual([
		'Error: Wrong.',
		'Warning: Wrong.',
		'Note: Wrong.'
	]);
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
