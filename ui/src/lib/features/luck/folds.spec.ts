import { describe, expect, it } from 'vitest';
import { purged, validation as v } from './fixtures.spec-helper.ts';
import { foldsSay, linesOf, piecesOf, shadesOf, trainText } from './folds.ts';

const end = '2012-01-03';
const short = (pieces: ReturnType<typeof piecesOf>) =>
	pieces.map(({ tone, days: [from, to] }) => `${tone} ${from} ${to}`);

describe('a fold', () => {
	it('is trained on before it is tested, with a gap', () =>
		expect(short(piecesOf(v.folds[0], v.method, end))).toEqual([
			'train 2000-01-03 2004-01-05',
			'gap 2004-01-05 2004-01-07',
			'test 2004-01-07 2008-01-03'
		]));
	it('has gaps on both sides when it is purged', () =>
		expect(short(piecesOf(purged.folds[0], 'purged', end))).toEqual([
			'train 2000-01-03 2004-01-05',
			'gap 2004-01-05 2004-01-07',
			'test 2004-01-07 2008-01-03',
			'gap 2008-01-03 2008-01-14',
			'train 2008-01-14 2012-01-03'
		]));
	it('may end in a gap', () => {
		const fold = { ...purged.folds[0], train: [purged.folds[0].train[0]] };
		expect(short(piecesOf(fold, 'purged', end)).at(-1)).toBe('gap 2008-01-03 2012-01-03');
	});
	it('has no gap where nothing was left out', () =>
		expect(piecesOf({ ...v.folds[0], left_out: 0 }, v.method, end)).toHaveLength(2));
	it('names what it trains on', () =>
		expect(trainText(purged.folds[0])).toBe(
			'2000-01-03 to 2004-01-05 and 2008-01-14 to 2012-01-03'
		));
});

it('shades all test parts, or one fold', () => {
	expect(shadesOf(v, null, end).map(({ label, tone }) => label ?? tone)).toEqual([
		'Only train',
		'gap',
		'Test 1',
		'Test 2'
	]);
	expect(shadesOf(v, 2, end).map(({ label, tone }) => label ?? tone)).toEqual([
		'Train',
		'gap',
		'Test'
	]);
	expect(shadesOf(purged, null, end).map(({ label }) => label)).toEqual(['Test 1']);
});

it('joins the test parts on the dates of the curve', () => {
	const curve = {
		expr_hash: 'h',
		base_currency: null,
		dates: ['2000-01-03', '2004-01-07', '2012-01-03'],
		equity: [1, 1.2, 1.3],
		drawdown: [0, 0, 0],
		benchmark: null,
		rolling_sharpe: []
	};
	expect(linesOf(v, curve).series.map(({ label, values }) => [label, values])).toEqual([
		['Strategy', [1, 1.2, 1.3]],
		['Test parts joined', [null, 1, 1.05]]
	]);
	expect(linesOf(v, null).series).toHaveLength(1);
	const whole = { ...v, dates: curve.dates };
	expect(linesOf(whole, curve).series.map(({ label }) => label)).toEqual([
		'Strategy, every part tested once'
	]);
});

it('says what came out', () =>
	expect([foldsSay(v), foldsSay({ ...v, degradation: null })]).toEqual([
		'It gained in 1 of 2 test parts. Where the folds train, its Sharpe ratio is 1.05 on average; in the test parts 19% of that is left, and all of them joined have 0.20.',
		'It gained in 1 of 2 test parts. Where the folds train, its Sharpe ratio is 1.05 on average; the test parts joined have 0.20.'
	]));
