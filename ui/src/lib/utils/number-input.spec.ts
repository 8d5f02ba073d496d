import { describe, expect, it } from 'vitest';
import { parseNumber, stepped } from './number-input.ts';

describe('a typed number', () => {
	it.each([
		['1,234.5', {}, 1234.5],
		['\u22120.5', {}, -0.5],
		['.5', {}, 0.5],
		['1e-3', {}, 0.001],
		['7', { scale: 100 }, 0.07],
		['', { optional: true }, null],
		['', {}, undefined],
		['1.5', { integer: true }, undefined],
		['11', { max: 10 }, undefined],
		['-1', { min: 0 }, undefined],
		['0x10', {}, undefined],
		['Infinity', {}, undefined],
		['12abc', {}, undefined]
	])('%j with %j is %j', (text, limits, value) => expect(parseNumber(text, limits)).toBe(value));
});

describe('a step', () => {
	it('stays within the limits and free of rounding dust', () => {
		expect([
			stepped(0.1, 2, { step: 0.1 }),
			stepped(9, 10, { max: 10 }),
			stepped(null, 1, { min: 5 }),
			stepped(0.05, 1, { scale: 100 }),
			stepped(0, -1, { min: 0 })
		]).toEqual([0.3, 10, 6, 0.06, 0]);
	});
});
