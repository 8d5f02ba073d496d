import { describe, expect, it } from 'vitest';
import { between, conditions, holds, replaced, toggled } from './filter-text.ts';

describe('conditions', () => {
	it('come apart at every "and" that stands outside quotes', () =>
		expect([
			conditions('ann_sharpe>1 and max_dd > -0.2 AND expr has "this and that"'),
			conditions("expr has 'a \\' and b'"),
			conditions('expr has land'),
			conditions('   '),
			conditions('ann_sharpe>1 and')
		]).toEqual([
			['ann_sharpe>1', 'max_dd > -0.2', 'expr has "this and that"'],
			["expr has 'a \\' and b'"],
			['expr has land'],
			[],
			['ann_sharpe>1']
		]));
	it('are the same whatever the blanks', () =>
		expect([
			holds('max_dd > -0.2 and ann_sharpe>1', 'ann_sharpe > 1'),
			holds('ann_sharpe>10', 'ann_sharpe>1'),
			holds('expr has "a b"', 'expr has "ab"')
		]).toEqual([true, false, false]));
	it('come and go', () =>
		expect([
			toggled('', 'ann_sharpe>1'),
			toggled('max_dd>-0.2', 'ann_sharpe>1'),
			toggled('max_dd>-0.2 and ann_sharpe > 1', 'ann_sharpe>1'),
			toggled('ann_sharpe>1 and ann_sharpe>1', 'ann_sharpe>1')
		]).toEqual(['ann_sharpe>1', 'max_dd>-0.2 and ann_sharpe>1', 'max_dd>-0.2', '']));
});

describe('a bar', () => {
	it('is a half-open range, the last one closed', () =>
		expect([
			between('ann_sharpe', 0.4, 0.6000000000000001),
			between('max_dd', -0.025, 0, true)
		]).toEqual(['ann_sharpe>=0.4 and ann_sharpe<0.6', 'max_dd>=-0.025 and max_dd<=0']));
});

it('takes up a suggestion', () =>
	expect(replaced('sharpe>1', 0, 6, 'ann_sharpe')).toBe('ann_sharpe>1'));
