import { describe, expect, it } from 'vitest';
import type { BlendCurve, Marginal } from '#lib/api/client.ts';
import { adds, alike, blendText, nettingText, tint } from './words.ts';

const marginal = (over: Partial<Marginal>): Marginal => ({
	residual_sharpe: 0.5,
	residual_t: 0.5,
	r2: 0.2,
	closest: 0,
	closest_correlation: 0.4,
	...over
});

describe('what one adds to the others', () => {
	it('is told by the t of what is left', () =>
		expect([
			adds(marginal({ residual_t: 2.1, r2: 0.9 })).word,
			adds(marginal({ residual_t: 1.2, r2: 0.9 })).word,
			adds(marginal({ residual_t: 1.2 })).word,
			adds(marginal({})).word,
			adds(marginal({ residual_sharpe: -0.1, residual_t: -0.4 })).word,
			adds(marginal({ residual_t: null })).word
		]).toEqual([
			'Adds something of its own',
			'Mostly the others once more',
			'May add something',
			'Adds little, if anything',
			'Adds nothing',
			'Cannot be told'
		]));
});

describe('correlations', () => {
	it('are summed up by their mean and the closest pair', () => {
		const table = [
			[1, 0.2, null],
			[0.2, 1, 0.8],
			[null, 0.8, 1]
		];
		expect(alike(table, ['a', 'b', 'c'])).toBe(
			'On average two of them correlate at 0.50; the most alike are b and c at 0.80.'
		);
	});
	it('have one sentence for one pair and none for none', () => {
		expect(
			alike(
				[
					[1, -0.3],
					[-0.3, 1]
				],
				['a', 'b']
			)
		).toBe('The correlation of a and b is \u22120.30.');
		expect(alike([[1]], ['a'])).toBe('');
	});
	it('are tinted by sign and size', () => {
		expect(tint(1)).toContain('--s5) 34%');
		expect(tint(-0.5)).toContain('--s4) 17%');
		expect([tint(0), tint(null)]).toEqual([undefined, undefined]);
	});
});

describe('a blend', () => {
	const blend = { metrics: { ann_sharpe: 1.5 } } as unknown as BlendCurve;
	it('is held against the best of its parts', () => {
		expect(blendText(blend, { label: 'a', sharpe: 1 })).toContain('higher than the best');
		expect(blendText(blend, { label: 'a', sharpe: 2 })).toContain('lower than the best');
		expect(blendText(blend, { label: 'a', sharpe: 1.5 })).toContain('as high as');
		expect(blendText(blend, { label: 'a', sharpe: null })).toBe('');
	});
});

describe('netting', () => {
	it('says what it saves', () =>
		expect(
			[
				nettingText({ cost_separate: 0.02, cost_netted: 0.015 }),
				nettingText({ cost_separate: 0.02, cost_netted: 0.02 }),
				nettingText({ cost_separate: 0.02, cost_netted: 0.022 }),
				nettingText({ cost_separate: 0, cost_netted: 0 })
			].map((text) => text.slice(0, 34))
		).toEqual([
			'Trades that cancel need not be mad',
			'Their trades hardly ever cancel: o',
			'One account for all pays 10% more ',
			'There are no costs to save.'
		]));
});
