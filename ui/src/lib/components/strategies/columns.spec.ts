import { describe, expect, it } from 'vitest';
import type { StrategySummary } from '#lib/api/client.ts';
import { ALL_COLUMNS, columnsOf, DEFAULT_COLUMNS, nextOrder, sorting } from './columns.ts';

const s = {
	expr: 'clip(x)',
	expr_hash: 'abcdef0123456789',
	complexity_score: 5.46,
	dataset: 'omx',
	deflated_sharpe: 0.0012,
	created_at: '2026-01-02T03:04:05Z',
	metrics: { ann_sharpe: -1.234, ann_return: null, max_dd: -0.175, turnover: 0.1 }
} as unknown as StrategySummary;

describe('columns', () => {
	it('writes a strategy', () =>
		expect(columnsOf(DEFAULT_COLUMNS).map((c) => c.text(s))).toEqual([
			'clip(x)',
			'−1.23',
			'< 1%',
			'—',
			'—',
			'−17.5%',
			'10.0%',
			'5.5',
			'omx',
			'2026-01-02'
		]));
	it('colours what gains or loses', () =>
		expect(columnsOf(['ann_sharpe', 'ann_return', 'max_dd']).map((c) => c.tone(s))).toEqual([
			'neg',
			'plain',
			'plain'
		]));
	it('keeps every digit for the hover', () =>
		expect(columnsOf(['ann_sharpe', 'expr_hash']).map((c) => c.full(s))).toEqual([
			'−1.234',
			'abcdef0123456789'
		]));
	it('offers each once and leaves out what it does not know', () => {
		expect(new Set(ALL_COLUMNS.map((c) => c.key)).size).toBe(ALL_COLUMNS.length);
		expect(ALL_COLUMNS.length).toBeGreaterThan(30);
		expect(columnsOf(['nonsense', 'toString', 'calmar']).map((c) => c.key)).toEqual(['calmar']);
	});
});

describe('order', () => {
	const [expr, sharpe, ret] = columnsOf(['expr', 'ann_sharpe', 'ann_return']);
	it('begins with the highest number and with A, then turns round', () =>
		expect([
			nextOrder('', sharpe),
			nextOrder('-ann_sharpe', sharpe),
			nextOrder('ann_sharpe', sharpe),
			nextOrder('-ann_sharpe', expr)
		]).toEqual(['-ann_sharpe', 'ann_sharpe', '-ann_sharpe', 'expr']));
	it('adds a second key', () =>
		expect([
			nextOrder('-ann_sharpe', ret, true),
			nextOrder('-ann_sharpe,-ann_return', ret, true)
		]).toEqual(['-ann_sharpe,-ann_return', '-ann_sharpe,ann_return']));
	it('tells the first key', () =>
		expect([sorting('-a,b', 'a'), sorting('a', 'a'), sorting('-a,b', 'b')]).toEqual([
			'descending',
			'ascending',
			'none'
		]));
});
