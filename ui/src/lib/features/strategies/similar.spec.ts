import { expect, it } from 'vitest';
import type { Similar } from '#lib/api/client.ts';
import { closest, MOST, together } from './similar.ts';

const alike = (n: number, correlation = 0.5) =>
	({ correlation, strategy: { expr_hash: `h${n}`, run_id: `r${n}` } }) as Similar;
const own = { expr_hash: 'h0', run_id: 'r0' };

it('compares the one shown with those chosen, each as the run measured', () => {
	expect(together(own, [alike(1), alike(2)])).toEqual(['h0@r0', 'h1@r1', 'h2@r2']);
	expect(together(own, [])).toEqual(['h0@r0']);
	const many = Array.from({ length: 100 }, (_, i) => alike(i));
	expect(together(own, many)).toHaveLength(MOST);
});

it('says what the closest one means', () => {
	expect(closest([])).toBe('');
	expect(closest([alike(1, 0.97), alike(2, 0.1)])).toBe(
		'The most alike has a correlation of 0.97: holding both is nearly holding one of them twice.'
	);
	expect(closest([alike(1, 0.8)])).toContain('mostly together');
	expect(closest([alike(1, 0.3)])).toContain('a little');
	expect(closest([alike(1, -0.2)])).toContain('−0.20: none');
});
