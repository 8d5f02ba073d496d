import { expect, it, vi } from 'vitest';

vi.mock('$app/paths', () => ({ resolve: (path: string) => path }));
const { backtestHref, readHandover } = await import('./link.ts');
const { DEFAULTS } = await import('./params.ts');

const read = (href: string) => readHandover(new URLSearchParams(href.split('?')[1]));

it('hands over what it is given', () => {
	const given = { expr: 'x > 1 && y ? 1 : 0', dataset: 'a b', params: { ...DEFAULTS, cap: 0.2 } };
	expect(read(backtestHref(given))).toEqual({ ...given, params: { cap: 0.2 } });
	expect(backtestHref({ expr: 'x' })).toBe('/backtest?expr=x');
	expect(read('/backtest?expr=x')).toEqual({ expr: 'x', dataset: null });
	expect(read(backtestHref({ expr: 'x', params: DEFAULTS }))?.params).toEqual({});
});

it('takes nothing that makes no sense', () => {
	expect(readHandover(new URLSearchParams(''))).toBeNull();
	for (const params of ['{', '3', 'null', '{"nope":1}'])
		expect(readHandover(new URLSearchParams({ expr: 'x', params }))?.params).toEqual({});
});
