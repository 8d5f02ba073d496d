import { expect, it } from 'vitest';
import { category, column } from '#lib/editor/samples.ts';
import { parser } from '#lib/editor/parser.ts';
import { examples } from './examples.ts';

const texts = (names: string[], ...more: ReturnType<typeof column>[]) =>
	examples([...names.map((n) => column(n)), ...more]).map(({ expr }) => expr);

it('uses the price, the volume and a group where there are any', () => {
	const found = texts(['open', 'volume', 'close'], category('sector'));
	expect(found).toEqual([
		'cs_rank(lag(close, 21) / lag(close, 252)) - 0.5',
		'group_zscore(-ts_return(close, 5), sector)',
		'r = close / lag(close, 1) - 1;\n-cs_zscore(ts_std(r, 60))',
		'-cs_rank(ts_corr(close, volume, 20)) + 0.5'
	]);
});

it('makes do with any column, however it is called', () => {
	const found = texts(['net income']);
	expect(found).toHaveLength(4);
	expect(found.every((text) => text.includes('feat("net income")'))).toBe(true);
	for (const text of found) expect(parser.parse(text).toString()).not.toContain('⚠');
});

it('has none without a usable column', () => {
	expect(examples([category('sector'), column('x', { usable: false })])).toEqual([]);
});
