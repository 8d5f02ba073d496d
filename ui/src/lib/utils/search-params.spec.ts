import { describe, expect, it } from 'vitest';
import { readFlag, readOneOf, readText, withParams } from './search-params.ts';

const params = new URLSearchParams('q=a%20b&limit=20&bad=x&order=-n&h=a,b,,c&on=1');

describe('reading', () => {
	it('gives what is there, or the fallback', () => {
		expect([
			readText(params, 'q'),
			readText(params, 'none', 'x'),
			readOneOf(params, 'order', ['n', '-n'] as const, 'n'),
			readOneOf(params, 'q', ['n', '-n'] as const, 'n'),
			readFlag(params, 'on'),
			readFlag(params, 'none')
		]).toEqual(['a b', 'x', '-n', 'n', true, false]);
	});
});

describe('writing', () => {
	it('keeps the rest and leaves out what is empty', () => {
		const next = withParams(params, { q: '', bad: null, limit: 0, h: ['z'], on: false, new: true });
		expect(next).toBe('?limit=0&order=-n&h=z&new=1');
	});
	it('is empty when nothing is left', () =>
		expect(withParams(new URLSearchParams('a=1'), { a: undefined })).toBe(''));
	it('is read back as it was written', () => {
		const text = 'ann_sharpe > 1 and expr has "lag+1&2"';
		expect(readText(new URLSearchParams(withParams(new URLSearchParams(), { f: text })), 'f')).toBe(
			text
		);
	});
});
