import { describe, expect, it } from 'vitest';
import { firstSeen, hiddenAtFirst, series } from './curves.ts';

const dates = ['2020-01-01', '2020-01-02', '2020-01-03'];
const curves = [
	{ label: 'a', equity: [1, 2, 4] },
	{ label: 'b', equity: [1, 0.5, 0.25] }
];

describe('curves', () => {
	it('begin at 1 where the visible part begins', () => {
		expect(series(dates, curves, null).map((s) => s.values)).toEqual([
			[1, 2, 4],
			[1, 0.5, 0.25]
		]);
		expect(series(dates, curves, ['2020-01-02', '2020-01-03']).map((s) => s.values)).toEqual([
			[0.5, 1, 2],
			[2, 1, 0.5]
		]);
	});
	it('stay as they are where an account was lost', () =>
		expect(
			series(dates, [{ label: 'c', equity: [1, 0, 0] }], ['2020-01-02', '2020-01-03'])[0].values
		).toEqual([1, 0, 0]));
	it('are grey beyond twelve, and lit when meant', () => {
		const many = Array.from({ length: 14 }, (_, i) => ({ label: String(i), equity: [1, 1, 1] }));
		expect(
			series(dates, many, null, 13)
				.slice(11)
				.map((s) => s.color)
		).toEqual([undefined, '--line-strong', '--accent']);
		expect(hiddenAtFirst(many.map((m) => m.label))).toEqual(['12', '13']);
	});
	it('find the first point in view', () =>
		expect([
			firstSeen(dates, null),
			firstSeen(dates, ['2019-01-01', 'x']),
			firstSeen(dates, ['2021-01-01', 'x'])
		]).toEqual([0, 0, 0]));
});
