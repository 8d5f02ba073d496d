import { expect, it } from 'vitest';
import { sparkPath } from './sparkline.ts';

it('draws from corner to corner', () =>
	expect(sparkPath([0, 1], 60, 18)).toBe('M1.0 17.0L59.0 1.0'));
it('lifts the pen where a value is missing', () =>
	expect(sparkPath([0, null, 1], 60, 18)).toBe('M1.0 17.0M59.0 1.0'));
it('draws a flat series in the middle and nothing as nothing', () =>
	expect([sparkPath([2, 2], 12, 10), sparkPath([], 12, 10), sparkPath([null], 12, 10)]).toEqual([
		'M1.0 5.0L11.0 5.0',
		'',
		''
	]));
