import { expect, it } from 'vitest';
import {
	along,
	bars,
	chosen,
	countTicks,
	edgeTicks,
	middles,
	placeOf,
	topOf
} from './histogram.ts';

const bins = { edges: [-0.5, 0, 0.5, 1], counts: [1, 4, 2], median: 0.2 };

it('gives every bar its ends and its side of zero', () =>
	expect(bars(bins).map((b) => [b.lo, b.hi, b.count, b.side])).toEqual([
		[-0.5, 0, 1, 'neg'],
		[0, 0.5, 4, 'pos'],
		[0.5, 1, 2, 'pos']
	]));
it('places values along the edges', () =>
	expect([
		along(bins.edges, 0.25),
		along(bins.edges, 2),
		along([], 0),
		along(bins.edges, null)
	]).toEqual([50, null, null, null]));
it('draws the luck line through the middles', () =>
	expect(middles(bins.edges, [0, 2, 8], 4)).toBe('16.67,100.00 50.00,50.00 83.33,-100.00'));
it('makes room for luck, but not without end', () =>
	expect([topOf([4, 2]), topOf([4, 2], [6]), topOf([4, 2], [90]), topOf([])]).toEqual([
		4, 6.24, 8, 1
	]));
it('counts in whole numbers', () =>
	expect([countTicks(4), countTicks(1), countTicks(2500)]).toEqual([
		[0, 2, 4],
		[0, 1],
		[0, 1000, 2000]
	]));
it('labels round numbers', () =>
	expect([edgeTicks(bins.edges, 4), edgeTicks([])]).toEqual([[-0.5, 0, 0.5, 1], []]));
it('sums a choice made in either direction', () =>
	expect(chosen(bars(bins), 2, 1)).toEqual({ lo: 0, hi: 1, count: 6 }));

it('keeps a mark in the picture and tells when it lies beyond', () =>
	expect([placeOf([0, 1, 2], 0.5), placeOf([0, 1, 2], 3), placeOf([], 1)]).toEqual([
		{ at: 25, beyond: false },
		{ at: 100, beyond: true },
		null
	]));
