// @vitest-environment jsdom
import { EditorState } from '@codemirror/state';
import { expect, it } from 'vitest';
import { cardAt } from './explain.ts';
import { expressionLanguage, setWords } from './language.ts';
import { category, column, days, operator, param } from './samples.ts';
import { wordsOf } from './words.ts';

const pair = [param('x'), param('y')];
const words = wordsOf(
	[
		operator('ts_mean', [param('x'), days()], { aliases: ['sma'] }),
		operator('sub', pair, { infix: '-' }),
		operator('neg', [param('x')], { infix: '-' }),
		operator('power', pair, { infix: '^' }),
		operator('and', pair, { infix: 'and', open: true }),
		operator('not', [param('x')], { infix: 'not' }),
		operator('if_else', [param('c'), ...pair]),
		operator('group_rank', [param('x'), param('g', 'category')])
	],
	[column('close', { lag: 1 }), column('net income', { usable: false, reason: 'Too few.' })].concat(
		category('sector')
	)
);

/** The text of the card about the word that begins where the bar stands. */
function card(marked: string): string | undefined {
	const state = EditorState.create({
		doc: marked.replace('|', ''),
		extensions: expressionLanguage
	}).update({ effects: setWords.of(words) }).state;
	const found = cardAt(state, marked.indexOf('|'), 1);
	return found ? [...found.card().children].map((part) => part.textContent).join(' / ') : undefined;
}

it.each([
	['|ts_mean(close, 20)', 'ts_mean(x, d) / What ts_mean does.'],
	['|sma(close, 20)', 'ts_mean(x, d) / What ts_mean does.'],
	['ts_|mean + 1', 'ts_mean(x, d)'],
	['close |- 1', 'x - y'],
	['|-close', '-x'],
	['close |^ 2', 'x ^ y'],
	['close |&& close', 'x and y'],
	['close |and close', 'x and y'],
	['|and(close, close)', 'x and y'],
	['|not close', 'not x'],
	['|!close', 'not x'],
	['close > 1 |? 1 : 2', 'if_else(c, x, y)'],
	['close > 1 ? 1 |: 2', 'if_else(c, x, y)'],
	['|feat("close")', 'feat("column")'],
	['ts_mean(close, |20)', 'd of ts_mean / a whole number from 1 to 2520, trading days'],
	['ts_mean(x=close, |d=20)', 'd of ts_mean'],
	['ts_mean(x=close, d=|20)', 'd of ts_mean'],
	['ts_mean(close, d=|yes)', 'd of ts_mean'],
	['r = close - 1; |r ^ 2', 'r = close - 1 / A named step'],
	['|r = close - 1; r ^ 2', 'r = close - 1 / A named step']
])('%s', (marked, begins) => expect(card(marked)?.slice(0, begins.length)).toBe(begins));

it.each([
	['|close', ['98.7%', '2001-01-02 to 2020-12-31', 'Values from −1 to 1, mean 0', 'Known 1 date']],
	['feat(|"net income")', ['net income', 'Too few.']],
	['group_rank(close, |sector)', ['groups: a, b', 'Only the group operators']]
])('tells of a column: %s', (marked, parts) => {
	for (const part of parts) expect(card(marked)).toContain(part);
});

it.each(['|2 + close', 'close + |nothing', 'r = |r; 1', '|(close)', '|r; r = close; 1'])(
	'has nothing to tell of %s',
	(marked) => expect(card(marked)).toBeUndefined()
);
