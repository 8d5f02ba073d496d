import { describe, expect, it } from 'vitest';
import type { EquityCurve, Metrics } from '#lib/api/client.ts';
import { METRIC_NAMES } from '#lib/utils/metrics.ts';
import { canRerun, dataText, labelsOf, overlay, rowsOf, verdict, type Rerun } from './rerun.ts';

const metrics = (over: Partial<Metrics> = {}) =>
	({ ...Object.fromEntries(METRIC_NAMES.map((name) => [name, 1])), ...over }) as Metrics;
const rerun = (before: Metrics, after: Metrics, more: Partial<Rerun> = {}) =>
	({
		old: { metrics: before },
		new: { metrics: after },
		same_data: false,
		old_version: 1,
		new_version: 3,
		...more
	}) as Rerun;
const data = { name: 'omx', version: 1, current_version: 3, is_current: false, available: true };

describe('the data of a result', () => {
	it('are named with their version', () => {
		expect(dataText(data)).toBe(
			'Computed on version 1 of “omx”; version 3 is in use now. The result stays valid for its own data.'
		);
		expect(dataText({ ...data, version: 3, is_current: true })).toBe(
			'Computed on version 3 of “omx”, the one in use.'
		);
		expect(dataText({ ...data, current_version: null })).toMatch(/no longer in the list/);
		expect(dataText({ ...data, version: null })).toMatch(/^Computed on data of “omx”;/);
	});
	it('can be exchanged for newer ones only', () => {
		expect(canRerun(data)).toBe(true);
		expect(canRerun({ ...data, is_current: true })).toBe(false);
		expect(canRerun({ ...data, current_version: null })).toBe(false);
	});
});

describe('two results side by side', () => {
	it('shows the difference of every metric', () => {
		const rows = rowsOf(
			metrics({ ann_sharpe: 0.5, max_dd: -0.2, n: 100, calmar: null }),
			metrics({ ann_sharpe: 0.75, max_dd: -0.25, n: 100 })
		);
		expect(rows).toHaveLength(METRIC_NAMES.length);
		const of = (name: string) => rows.find((row) => row.name === name);
		expect(of('ann_sharpe')).toMatchObject({
			old: '0.50',
			new: '0.75',
			delta: '+0.25',
			tone: 'pos'
		});
		expect(of('max_dd')).toMatchObject({ delta: '−5.0%', tone: 'plain' });
		expect(of('n')).toMatchObject({ old: '100', new: '100', delta: '' });
		expect(of('calmar')).toMatchObject({ old: '—', delta: '—' });
	});
	it('says what came out', () => {
		const [one, other] = [metrics(), metrics({ ann_return: 2 })];
		expect(verdict(rerun(one, other))).toMatch(/^The data changed, and/);
		expect(verdict(rerun(one, one))).toMatch(/does not look/);
		expect(verdict(rerun(one, one, { same_data: true }))).toMatch(/results are equal/);
		expect(verdict(rerun(one, other, { same_data: true }))).toMatch(/yet the results differ/);
		expect(labelsOf(rerun(one, one))).toEqual(['Version 1', 'Version 3']);
		expect(labelsOf(rerun(one, one, { new_version: 1 }))).toEqual(['Before', 'Now']);
	});
	it('draws both curves over the dates of either', () => {
		const curve = (dates: string[], equity: number[]) => ({ dates, equity }) as EquityCurve;
		const { x, series } = overlay(
			curve(['2020-01-01', '2020-01-03'], [1, 3]),
			curve(['2020-01-02', '2020-01-03', '2020-01-06'], [1, 2, 4]),
			['Before', 'Now']
		);
		expect(x).toEqual(['2020-01-01', '2020-01-02', '2020-01-03', '2020-01-06']);
		expect(series.map((s) => s.values)).toEqual([
			[1, 2, 3, null],
			[null, 1, 2, 4]
		]);
		expect(series.map((s) => s.approximate)).toEqual([true, false]);
	});
});
