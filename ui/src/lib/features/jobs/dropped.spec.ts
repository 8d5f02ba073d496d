import { describe, expect, it } from 'vitest';
import { reasons, told } from './dropped.ts';

describe('what a search dropped', () => {
	it('is listed by reason, the most frequent first', () =>
		expect(reasons({ missing: 2, complexity: 8, constant: 0, odd_one: 2 })).toEqual([
			{ key: 'complexity', text: 'Too complex', count: 8, share: 1, tried: false },
			{
				key: 'missing',
				text: 'A signal for too few symbols and dates',
				count: 2,
				share: 0.25,
				tried: true
			},
			{ key: 'odd_one', text: 'odd one', count: 2, share: 0.25, tried: false }
		]));
	it('is what was told last of each', () =>
		expect(
			told([
				{ rejected: { complexity: 1 } },
				{},
				{ rejected: { complexity: 3, duplicate: 1 } },
				{ rejected: {} }
			])
		).toEqual({ complexity: 3, duplicate: 1 }));
});
