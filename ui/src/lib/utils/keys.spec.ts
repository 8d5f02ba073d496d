import { describe, expect, it } from 'vitest';
import { Keyboard, keyNames, strokeOf } from './keys.ts';

const event = (key: string, mods: Partial<KeyboardEvent> = {}) =>
	({
		key,
		ctrlKey: false,
		metaKey: false,
		altKey: false,
		shiftKey: false,
		...mods
	}) as KeyboardEvent;

describe('a stroke', () => {
	it.each([
		[event('k', { ctrlKey: true }), 'Mod+K'],
		[event('k', { metaKey: true }), 'Mod+K'],
		[event('?', { shiftKey: true }), '?'],
		[event('K', { ctrlKey: true, shiftKey: true }), 'Mod+Shift+K'],
		[event('g'), 'G'],
		[event(' '), 'Space'],
		[event('Enter', { ctrlKey: true }), 'Mod+Enter']
	])('%# is written %s', (given, text) => expect(strokeOf(given)).toBe(text));
});

describe('the keyboard', () => {
	const known = ['G D', 'G S', 'S', '?', 'Mod+K'];
	it('knows single strokes and sequences', () => {
		const keyboard = new Keyboard();
		expect(
			['?', 'S', 'G', 'S', 'S', 'G', 'X', 'S'].map((k, i) => keyboard.press(k, known, i))
		).toEqual(['?', 'S', undefined, 'G S', 'S', undefined, undefined, 'S']);
	});
	it('does not wait for ever', () => {
		const keyboard = new Keyboard(1000);
		expect([keyboard.press('G', known, 0), keyboard.press('S', known, 1001)]).toEqual([
			undefined,
			'S'
		]);
	});
	it('prints what is on the keys', () => {
		expect([keyNames('Mod+K', false), keyNames('Mod+K', true), keyNames('G D', false)]).toEqual([
			['Ctrl', 'K'],
			['⌘', 'K'],
			['G', 'D']
		]);
	});
});
