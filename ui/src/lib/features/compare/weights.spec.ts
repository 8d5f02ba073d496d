import { describe, expect, it } from 'vitest';
import { equal, shifted, shown } from './weights.ts';

const sum = (weights: number[]) => weights.reduce((a, b) => a + b, 0);

describe('weights of a blend', () => {
	it('begin equal', () => expect([equal(4), equal(0)]).toEqual([[0.25, 0.25, 0.25, 0.25], []]));
	it('stay together at 1 and keep the proportions of the others', () => {
		const next = shifted([0.5, 0.3, 0.2], 0, 0.75);
		expect(next.map((w) => +w.toFixed(6))).toEqual([0.75, 0.15, 0.1]);
		expect(sum(next)).toBeCloseTo(1, 12);
	});
	it('share what is left when the others had nothing', () =>
		expect(shifted([1, 0, 0], 0, 0.4)).toEqual([0.4, 0.3, 0.3]));
	it('do not leave 0 to 1, and one alone has all', () =>
		expect([shifted([0.5, 0.5], 1, 2), shifted([0.5, 0.5], 1, -1), shifted([1], 0, 0.2)]).toEqual([
			[0, 1],
			[1, 0],
			[1]
		]));
	it('are written so that they add up to 100', () => {
		expect(shown([1, 1, 1])).toEqual([33.4, 33.3, 33.3]);
		expect(sum(shown([0.1, 0.123, 0.777, 3]))).toBeCloseTo(100, 9);
		expect(shown([0, 0])).toEqual([0, 0]);
	});
});
