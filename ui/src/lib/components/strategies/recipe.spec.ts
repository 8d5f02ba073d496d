import { expect, it } from 'vitest';
import type { BookParams } from '#lib/api/client.ts';
import { recipe } from './recipe.ts';

const params: BookParams = {
	borrow_bps: 0,
	cap: 0.05,
	cost_bps: 5,
	delisting_return: -1,
	end: null,
	execution_lag: 1,
	max_lev: 1,
	max_stale: 5,
	neutralize: null,
	rebalance: 'daily',
	sizing: 'raw',
	smooth_ema: null,
	start: null
};
const text = (over: Partial<BookParams>, name: string) =>
	recipe({ ...params, ...over }).find((r) => r.name === name)?.text;

it('writes every setting', () => {
	expect(recipe(params)).toHaveLength(Object.keys(params).length - 1);
	expect([
		text({}, 'Dates'),
		text({ start: '2020-01-01' }, 'Dates'),
		text({}, 'Execution lag'),
		text({ rebalance: 21 }, 'Rebalance'),
		text({ smooth_ema: 0.5 }, 'Smoothing'),
		text({}, 'Return at delisting')
	]).toEqual(['all', '2020-01-01 to last', '1 date', 'every 21 dates', '0.50', '−100%']);
});
