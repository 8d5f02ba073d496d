import { beforeEach, expect, it } from 'vitest';
import type { Check } from '#lib/api/client.ts';
import { Checker } from './checker.svelte.ts';

const fine = (canonical: string) => ({ ok: true, canonical, diagnostics: [] }) as unknown as Check;
let asked: {
	expr: string;
	dataset: string | null;
	signal: AbortSignal;
	give: (c: Check) => void;
}[];

const checker = (patience?: number) =>
	new Checker(
		(expr, dataset, signal) =>
			new Promise((give) => void asked.push({ expr, dataset, signal, give })),
		patience
	);
const texts = () => asked.map(({ expr }) => expr);
const settle = () => new Promise((done) => setTimeout(done));

beforeEach(() => void (asked = []));

it('asks at once, and while an answer is on its way remembers the last text only', async () => {
	const check = checker();
	check.look('a', null);
	check.look('ab', null);
	check.look('abc', null);
	expect([texts(), check.pending]).toEqual([['a'], true]);
	asked[0].give(fine('a'));
	await settle();
	expect([texts(), check.answer, check.pending]).toEqual([['a', 'abc'], null, true]);
	asked[1].give(fine('abc'));
	await settle();
	expect([check.text, check.answer?.canonical, check.pending]).toEqual(['abc', 'abc', false]);
	expect([check.knows('abc'), check.knows('a')]).toEqual([true, false]);
});

it('asks nothing again for a text that came back to what is on its way', async () => {
	const check = checker();
	check.look('a', null);
	check.look('ab', null);
	check.look('a', null);
	asked[0].give(fine('a'));
	await settle();
	expect([texts(), check.answer?.canonical]).toEqual([['a'], 'a']);
});

it('gives up a question that takes too long, and takes no answer to it', async () => {
	const check = checker(-1);
	check.look('a', null);
	check.look('b', null);
	expect([texts(), asked[0].signal.aborted]).toEqual([['a', 'b'], true]);
	asked[1].give(fine('b'));
	await settle();
	asked[0].give(fine('a'));
	await settle();
	expect([check.text, check.answer?.canonical, check.pending]).toEqual(['b', 'b', false]);
});

it('asks again about another data set, at once, and not about the same text', async () => {
	const check = checker();
	check.look('a', null);
	asked[0].give(fine('a'));
	await settle();
	check.look('a', null);
	expect(asked).toHaveLength(1);
	check.look('a', 'one');
	check.look('a', 'other');
	expect(asked.map(({ dataset }) => dataset)).toEqual([null, 'one', 'other']);
	expect(asked[1].signal.aborted).toBe(true);
});

it('asks again after it was stopped on the way', () => {
	const check = checker();
	check.look('a', null);
	check.stop();
	expect([asked[0].signal.aborted, check.pending]).toEqual([true, false]);
	check.look('a', null);
	expect(texts()).toEqual(['a', 'a']);
});

it('has nothing to say about nothing', async () => {
	const check = checker();
	check.look('a', null);
	check.look('  ', null);
	asked[0].give(fine('a'));
	await settle();
	expect([asked.length, check.answer, check.pending]).toEqual([1, null, false]);
});

it('tells when the engine cannot be asked, and asks again', async () => {
	let works = false;
	const check = new Checker(() =>
		works ? Promise.resolve(fine('a')) : Promise.reject(new Error('gone'))
	);
	check.look('a', null);
	await settle();
	expect([check.failure?.message, check.answer]).toEqual(['gone', null]);
	works = true;
	check.look('a', null);
	await settle();
	expect([check.failure, check.answer?.canonical]).toEqual([null, 'a']);
});
