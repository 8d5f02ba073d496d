import { describe, expect, it } from 'vitest';
import type { Compared, Metrics } from '#lib/api/client.ts';
import { commonRows, differing, runRows, settingRows, settingText } from './table.ts';

const item = (common: Partial<Metrics>, own: Partial<Metrics> = {}, params = {}): Compared =>
	({
		common,
		strategy: { metrics: own, complexity_score: 5, dataset: 'a', params }
	}) as unknown as Compared;
const row = (items: Compared[], key: string) => commonRows(items).find((r) => r.key === key);
const bests = (items: Compared[], key: string) => row(items, key)?.cells.map((c) => c.best);

describe('metrics side by side', () => {
	it('marks the highest, or the lowest where less is better', () => {
		const items = [
			item({ ann_sharpe: 0.5, ann_vol: 0.1, max_dd: -0.3 }),
			item({ ann_sharpe: 1.5, ann_vol: 0.2, max_dd: -0.1 })
		];
		expect([bests(items, 'ann_sharpe'), bests(items, 'ann_vol'), bests(items, 'max_dd')]).toEqual([
			[false, true],
			[true, false],
			[false, true]
		]);
	});
	it('marks all that are written alike, and nobody where all are', () => {
		const three = [item({ calmar: 1.001 }), item({ calmar: 1.002 }), item({ calmar: 0.5 })];
		expect(bests(three, 'calmar')).toEqual([true, true, false]);
		expect(bests(three.slice(0, 2), 'calmar')).toEqual([false, false]);
	});
	it('marks nobody where nothing is better, or only one has a number', () => {
		expect(bests([item({ kurtosis: 1 }), item({ kurtosis: 2 })], 'kurtosis')).toEqual([
			false,
			false
		]);
		expect(bests([item({ omega: 1 }), item({ omega: null })], 'omega')).toEqual([false, false]);
	});
	it('leaves out what none has, and on request what is alike', () => {
		const items = [item({ calmar: 1, omega: 2 }), item({ calmar: 1, omega: 3 })];
		expect(commonRows(items).map((r) => r.key)).toEqual(['calmar', 'omega']);
		expect(differing(commonRows(items)).map((r) => r.key)).toEqual(['omega']);
	});
	it('keeps what a run says of itself apart', () =>
		expect(runRows([item({}, { turnover: 0.1 })]).map((r) => [r.label, r.cells[0].text])).toEqual([
			['Turnover per day', '10.0%'],
			['Complexity', '5.0']
		]));
});

describe('settings side by side', () => {
	it('writes them with their units', () =>
		expect([
			settingText('cap', 0.05),
			settingText('cost_bps', 5),
			settingText('max_lev', 1),
			settingText('rebalance', 3),
			settingText('rebalance', 'daily'),
			settingText('neutralize', null),
			settingText('start', '2020-01-01'),
			settingText('start', null),
			settingText('execution_lag', 1)
		]).toEqual([
			'5%',
			'5 bps',
			'1×',
			'every 3 dates',
			'daily',
			'none',
			'2020-01-01',
			'that of the data set',
			'1 date'
		]));
	it('tells which differ', () => {
		const items = [
			item({}, {}, { cap: 0.05, cost_bps: 5 }),
			item({}, {}, { cap: 0.1, cost_bps: 5 })
		];
		expect(settingRows(items).map((r) => [r.key, r.differs])).toEqual([
			['dataset', false],
			['cap', true],
			['cost_bps', false]
		]);
	});
});
