import { describe, expect, it } from 'vitest';
import { isExpression, isHash, matches } from './palette-query.ts';

describe('what was typed', () => {
	it.each([
		['abc123abc123', true, false],
		['ABC123ABC123', true, false],
		['abc123', false, false],
		['clip(close, -1, 1)', false, true],
		['close / lag(close, 1) - 1', false, true],
		['-ts_mean(close, 20)', false, true],
		['"c_sek" * 2', false, true],
		['new training', false, false],
		['go to jobs', false, false],
		['light-dark', false, true],
		['', false, false]
	])('%j: hash %s, expression %s', (text, hash, expression) =>
		expect([isHash(text), isExpression(text)]).toEqual([hash, expression])
	);
});

describe('a name', () => {
	it.each([
		['', true],
		['dash', true],
		['go dash', true],
		['overv', true],
		['to dashboard', true],
		['ashb', true],
		['jobs', false]
	])('is found by %j: %s', (query, found) =>
		expect(matches(query, 'Go to Dashboard home overview')).toBe(found)
	);
});
