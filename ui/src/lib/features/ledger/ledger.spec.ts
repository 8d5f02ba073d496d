import { describe, expect, it } from 'vitest';
import type { LedgerEntry, Trial } from '#lib/api/client.ts';
import {
	bySource,
	effectiveText,
	isSaved,
	luckText,
	offsetOf,
	rangeText,
	sourceText
} from './ledger.ts';

const entry = (over: Partial<LedgerEntry> = {}): LedgerEntry =>
	({
		trials: 200,
		by_source: { backtest: 20, train: 180 },
		best: 0.5,
		zero_skill_best: 0.9,
		expected_best: 2,
		effective: { trials: 190, measured: 180, clusters: 41, effective: 51, alike: 0.7 },
		...over
	}) as LedgerEntry;

describe('the ledger', () => {
	it('holds the best against luck', () => {
		expect(luckText(entry())).toBe(
			'Of 200 tries without any skill, the best would show about 0.90; the best of them shows 0.50. Luck alone explains it.'
		);
		expect(luckText(entry({ best: 1 }))).toContain('not enough to rule luck out');
		expect(luckText(entry({ best: 3 }))).toContain('more than luck');
		expect(luckText(entry({ zero_skill_best: null }))).toContain('too few trials');
		expect(luckText(entry({ best: null }))).toBe('No trial has a Sharpe ratio yet.');
	});
	it('lists who asked, the most first', () =>
		expect(bySource(entry())).toEqual([
			{ name: 'Training', count: 180, share: 0.9 },
			{ name: 'Backtest', count: 20, share: 0.1 }
		]));
	it('writes a source nobody told of', () => expect(sourceText('odd_one')).toBe('Odd one'));
	it('explains how many were different', () => {
		expect(effectiveText(entry())).toContain('180 have a daily series; these fall into 41 groups');
		expect(effectiveText(entry({ effective: null }))).toBe('');
	});
	it('opens only what was saved', () =>
		expect(
			[
				{ run_id: 'r', expr: 'x' },
				{ run_id: null, expr: 'x' },
				{ run_id: 'r', expr: null }
			].map((t) => isSaved(t as Trial))
		).toEqual([true, false, false]));
	it('turns pages', () => {
		expect(['', '1', '2', '-3', 'x', '1.5'].map(offsetOf)).toEqual([0, 0, 50, 0, 0, 0]);
		expect([rangeText(50, 50, 1234), rangeText(0, 0, 0)]).toEqual(['51 to 100 of 1,234', 'none']);
	});
});
