import { expect, it } from 'vitest';
import { hasUnseen, parts, visible } from './visible.ts';

it('leaves ordinary text of any script alone', () => {
	for (const text of [
		'AAPL',
		'BRK.B',
		'ERIC B',
		'Ålö',
		'Ёж',
		'日本',
		'e\u0301clair',
		'<b>x</b>',
		'=1+1'
	])
		expect(parts(text)).toEqual([{ text }]);
});

it('shows what cannot be seen, and says what it is', () => {
	expect(parts('AA\u200bPL')).toEqual([
		{ text: 'AA' },
		{ text: '<200B>', hidden: 'U+200B, zero width space' },
		{ text: 'PL' }
	]);
	expect(visible(' AAPL ')).toBe('␣AAPL␣');
	expect(visible('a\tb\r\n')).toBe('a<0009>b<000D><000A>');
	expect(visible('\u202eLPAA')).toBe('<202E>LPAA');
	expect(visible('A\u00a0B')).toBe('A<00A0>B');
	expect(visible('\u3164')).toBe('<3164>');
	expect(visible('A\ufe0f')).toBe('A<FE0F>');
	expect(visible('\u0301')).toBe('<0301>');
	expect(visible('\u{e0041}')).toBe('<E0041>');
	expect(visible('\ud800')).toBe('<D800>');
	expect(visible('')).toBe('(empty)');
});

it('knows whether there is anything', () => {
	expect(['AAPL', 'A B', ' A', 'A\u200d'].map(hasUnseen)).toEqual([false, false, true, true]);
});
