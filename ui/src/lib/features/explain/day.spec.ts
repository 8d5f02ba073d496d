import { expect, it } from 'vitest';
import { addsUp, filtered, headline, totals, waterfall } from './day.ts';
import { day, name } from './samples.ts';

const names = [
	name('B', -0.002, { gross: -0.001, cost: 0.0005, borrow: 0.0005, target: 0.1, group: 'Bank' }),
	name('A', 0.005),
	name('C', 0.001, { target: -0.3 })
];

it('adds up what adds up', () => {
	const sums = totals(names);
	expect(sums.net).toBeCloseTo(0.004, 12);
	expect(sums.gross).toBeCloseTo(0.005, 12);
	expect([sums.cost, sums.borrow, sums.before]).toEqual([0.0005, 0.0005, 0]);
	expect(sums.target).toBeCloseTo(-0.2, 12);
	expect(totals([]).net).toBeNull();
	expect(totals([name('A', 1)]).target).toBeNull();
});

it('says whether the names add up to the day', () => {
	expect(addsUp(day(names))).toEqual({
		ok: true,
		text: 'Summed over 3 names, net is 0.400%: the return of the day.'
	});
	expect(addsUp(day(names, { net: 0.005 })).ok).toBe(false);
	expect(addsUp(day(names, { gross: 0.006 }))).toEqual({
		ok: false,
		text: 'Summed over 3 names, net is 0.400%, but the day has 0.400%: please report this.'
	});
	const ruin = day([name('A', -1.2)], { net: -1, equity_after: 0 });
	expect(addsUp(ruin)).toEqual({
		ok: true,
		text: 'Summed over 1 name, the loss is 120.00%, more than the account had: it lost all of it.'
	});
});

it('tells the day in a sentence', () => {
	expect(headline(day(names))).toBe(
		'The account gained 0.400%: +0.500% from its positions, less 0.050% of trading costs and 0.050% of borrowing.'
	);
	expect(headline(day([name('A', -0.01)]))).toBe(
		'The account lost 1.000%: −1.000% from its positions.'
	);
	expect(headline(day([]))).toContain('neither won nor lost');
	expect(headline(day([], { equity_before: 0 }))).toBe('The account was lost before this date.');
});

it('climbs from nothing to the day, the largest steps first', () => {
	const steps = waterfall(names, 2);
	expect(steps.map((s) => [s.name, s.symbol])).toEqual([
		['A', 'A'],
		['B', 'B'],
		['1 other name', ''],
		['The day', '']
	]);
	const ends = steps.map((s) => [s.from, s.to].map((v) => Math.round(v * 1e6) / 1e6));
	expect(ends).toEqual([
		[0, 0.005],
		[0.005, 0.003],
		[0.003, 0.004],
		[0, 0.004]
	]);
	expect(waterfall([name('A', 0)], 5)).toEqual([]);
	expect(waterfall(names, 5).map((s) => s.name)).toEqual(['A', 'B', 'C', 'The day']);
});

it('finds names by letters of symbol or group', () => {
	expect(filtered(names, ' ').length).toBe(3);
	expect(filtered(names, 'ban').map((n) => n.symbol)).toEqual(['B']);
	expect(filtered(names, 'a').map((n) => n.symbol)).toEqual(['B', 'A']);
	expect(filtered(names, 'x')).toEqual([]);
});
