import { expect, it } from 'vitest';
import { compact } from './numbers.ts';

it('writes numbers of any size', () => {
	expect(
		[4.6972312875039475e-6, 24.47334807, 1234567.8, 3.2e12, 0, -0.5, null].map(compact)
	).toEqual(['4.697e−6', '24.473', '1,234,600', '3.200e+12', '0', '−0.5', '—']);
});
