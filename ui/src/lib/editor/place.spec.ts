import { describe, expect, it } from 'vitest';
import { parser } from './parser.ts';
import { callAt, followsOperand, stepNamedBy, stepsAt, stringAt } from './place.ts';

/** The place is where the bar stands. */
function at<T>(look: (tree: ReturnType<typeof parser.parse>, text: string, at: number) => T) {
	return (marked: string): T => {
		const text = marked.replace('|', '');
		return look(parser.parse(text), text, marked.indexOf('|'));
	};
}

describe('the call around a place', () => {
	const call = at((tree, text, place) => {
		const found = callAt(tree, text, place);
		return found && [found.name, found.index, ...(found.argument ? [found.argument] : [])];
	});
	it.each([
		['ts_mean(|)', ['ts_mean', 0]],
		['ts_mean(|', ['ts_mean', 0]],
		['ts_mean(x, |', ['ts_mean', 1]],
		['ts_mean(x, |)', ['ts_mean', 1]],
		['ts_mean(x, 5|)', ['ts_mean', 1]],
		['clip(ts_mean(x, 5), |)', ['clip', 1]],
		['clip(ts_mean(x, 5|), 1)', ['ts_mean', 1]],
		['clip(ts_mean(x, 5)|, 1)', ['clip', 0]],
		['clip((x + |y), 1)', ['clip', 0]],
		['ts_std(x, 5, ddof=|)', ['ts_std', 2, 'ddof']],
		['ts_std(ddof=0, x|)', ['ts_std', 1, 'x']],
		['and(x, |)', ['and', 1]],
		['feat(|)', ['feat', 0]],
		['feat("cl|")', ['feat', 0]],
		['lag(feat("close"), |)', ['lag', 1]],
		['a = lag(x, |', ['lag', 1]]
	])('%s', (marked, found) => expect(call(marked)).toEqual(found));
	it.each(['ts_mean(x, 5)|', 'ts_|mean(x, 5)', '(x + |y)', '|', 'x + |'])('%s has none', (marked) =>
		expect(call(marked)).toBeNull()
	);
});

describe('the steps that hold at a place', () => {
	const steps = at((...where) => stepsAt(...where).map(({ name }) => name));
	it.each([
		['a = x; b = a; |', ['a', 'b']],
		['a = x; b = |', ['a']],
		['a = |', []],
		['a = x; |a + 1', ['a']]
	])('%s', (marked, found) => expect(steps(marked)).toEqual(found));
});

it('knows what a step stands for', () => {
	const text = ' r = close / lag(close, 1) - 1; s = r\n;r';
	const r = { name: 'r', from: 1, to: 2, text: 'close / lag(close, 1) - 1' };
	const s = { name: 's', from: 32, to: 33, text: 'r' };
	expect(stepsAt(parser.parse(text), text, text.length)).toEqual([r, s]);
	const leaf = (at: number) => parser.parse(text).resolveInner(at, 1);
	expect([stepNamedBy(leaf(32), text), stepNamedBy(leaf(5), text)]).toEqual([s, null]);
});

it('remembers which arguments have been given by name', () => {
	const named = at((...where) => callAt(...where)?.named);
	expect([named('clip(x, lo=1, |)'), named('clip(x, |lo=1)')]).toEqual([['lo'], []]);
});

describe('a sign may follow', () => {
	const follows = at((_tree, text, place) => followsOperand(text, place));
	it.each(['close |', 'close|', '(a + b) |', 'feat("x")|', '2|', 'a = x; a |', 'a |b'])(
		'%s',
		(marked) => expect(follows(marked)).toBe(true)
	);
	it.each(['|', 'a + |', 'a and |', 'not |', 'f(|', 'f(a, |', 'a = |', 'a = x; |', 'a ? |'])(
		'not here: %s',
		(marked) => expect(follows(marked)).toBe(false)
	);
});

describe('the string around a place', () => {
	const string = at(stringAt);
	it.each([
		['feat("cl|")', 6],
		['feat("|")', 6],
		["feat('cl|ose')", 6],
		['feat("cl|', 6],
		['group_rank(x, "|', 15],
		['feat("close"|)', null],
		['feat(|"close")', null],
		['clo|se', null]
	])('%s', (marked, from) => expect(string(marked)).toBe(from));
});
