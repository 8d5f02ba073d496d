import { CompletionContext } from '@codemirror/autocomplete';
import { EditorState } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { complete } from './complete.ts';
import { expressionLanguage, setWords } from './language.ts';
import { findingMarks } from './marks.ts';
import { category, column, days, operator, param } from './samples.ts';
import { wordsOf } from './words.ts';

const pair = [param('x'), param('y')];
const limits = ['lo', 'hi'].map((name, i) => param(name, 'number', { default: 2 * i - 1 }));
const words = wordsOf(
	[
		operator('ts_mean', [param('x'), days()], { aliases: ['sma'] }),
		operator('clip', [param('x'), ...limits]),
		operator('max', pair, {
			open: true,
			options: [param('filter', 'int', { default: 0, doc: '0 = no, 1 = yes' })]
		}),
		operator('group_rank', [param('x'), param('g', 'category')]),
		operator('symbol_is', [param('symbol', 'symbol')]),
		operator('add', pair, { infix: '+' }),
		operator('and', pair, { infix: 'and' }),
		operator('if_else', [param('c'), ...pair])
	],
	[column('close'), column('net income'), category('sector')],
	() => Promise.resolve(['AAPL', 'A"B'])
);

/** What is offered where the bar stands; "!" in front means that nobody asked for it. */
async function offered(marked: string) {
	const explicit = !marked.startsWith('!');
	const text = marked.replace(/^!/, '');
	const pos = text.indexOf('|');
	const bare = EditorState.create({
		doc: text.replace('|', ''),
		extensions: [expressionLanguage, findingMarks]
	});
	const state = bare.update({ effects: setWords.of(words) }).state;
	const found = await complete(new CompletionContext(state, pos, explicit));
	return found && { from: found.from, labels: found.options.map(({ label }) => label) };
}
const labels = async (marked: string) => (await offered(marked))?.labels ?? [];

describe('where a value may stand', () => {
	it.each(['|', '!c|', 'close + |', '(|', 'ts_mean(|', '(close ? |', 'a = |'])('%s', async (m) => {
		const found = await labels(m);
		expect(found).toEqual(expect.arrayContaining(['close', 'net income', 'ts_mean', 'sma', 'not']));
		expect(found).not.toContain('sector');
	});
	it('steps written before, not after', async () => {
		const found = await labels('early = close;\n|;late = close;\nlate');
		expect([found.includes('early'), found.includes('late')]).toEqual([true, false]);
	});
	it('nothing without being asked, until a word begins', async () => {
		expect([await offered('!close + |'), await offered('!|')]).toEqual([null, null]);
	});
});

it('after a value come signs only', async () => {
	expect(await labels('close |')).toEqual(['+', 'and', '? :']);
	expect(await labels('!close a|')).toEqual(['+', 'and', '? :']);
});

it('a plain number is asked for by its usual values and by steps', async () => {
	expect(await offered('ts_mean(close, |)')).toEqual({
		from: 15,
		labels: ['5', '10', '20', '60', '120', '252']
	});
	expect(await offered('ts_mean(close, 2|)')).toMatchObject({ from: 15 });
	expect(await offered('clip(close, lo=|)')).toMatchObject({ labels: ['-1'] });
	expect(await labels('d = 5; ts_mean(close, d|)')).toEqual(['d']);
	expect(await labels('max(close, 1, 2, filter=|)')).toEqual(['0', '1', 'no', 'yes']);
	expect(await labels('max(close, 1, 2, filter=y|)')).toEqual(['no', 'yes']);
	expect(await labels('max(close, 1, 2, filter="|")')).toEqual(['no', 'yes']);
});

it('nothing begins inside a number', async () => {
	for (const m of ['1|', '2.|5 + close', '!1e|', '12|34']) expect(await offered(m)).toBeNull();
	expect((await offered('x2|'))?.from).toBe(0);
});

describe('between quotation marks', () => {
	it.each([
		['!feat("|")', ['close', 'net income']],
		['feat("cl|', ['close', 'net income']],
		['group_rank(close, "|")', ['sector']],
		['group_rank(close, feat("|"))', ['sector']],
		['symbol_is("|")', ['AAPL', 'A"B']],
		['ts_mean("|", 5)', ['close', 'net income']]
	])('%s', async (marked, found) => expect(await labels(marked)).toEqual(found));
});

it('a group is asked for by the categories', async () =>
	expect(await labels('group_rank(close, |)')).toEqual(['sector']));

describe('arguments by name', () => {
	it('are those still to be given', async () => {
		expect(await labels('clip(close, l|)')).toEqual(['lo=', 'hi=']);
		expect(await labels('ts_mean(d=5, |)')).toEqual(['x=']);
		expect(await labels('clip(x=close, |)')).toEqual(['lo=', 'hi=']);
		expect(await labels('clip(close, lo=0, |)')).toEqual(['hi=']);
		expect(await labels('max(close, 1, 2, |)')).toContain('filter=');
	});
	it('stand beside the values of an argument that may be anything', async () => {
		const found = await labels('clip(|');
		expect(found).toEqual(expect.arrayContaining(['close', 'lo=', 'hi=']));
	});
});
