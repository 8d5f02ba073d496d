import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Check } from '#lib/api/client.ts';
import { Checker } from './checker.svelte.ts';

const fine = (canonical: string) => ({ ok: true, canonical, diagnostics: [] }) as unknown as Check;
let asked: {
	expr: string;
	dataset: string | null;
	signal: AbortSignal;
	give: (c: Check) => void;
}[];

const checker = () =>
	new Checker(
		120,
		(expr, dataset, signal) =>
			new Promise((give) => void asked.push({ expr, dataset, signal, give }))
	);
const settle = () => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
	asked = [];
	vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

it('asks the first time at once, then after a rest, about the last text only', async () => {
	const check = checker();
	check.look('a', null);
	await settle();
	expect(asked.map((a) => a.expr)).toEqual(['a']);
	check.look('ab', null);
	await vi.advanceTimersByTimeAsync(100);
	check.look('abc', null);
	await vi.advanceTimersByTimeAsync(119);
	expect(asked).toHaveLength(1);
	await vi.advanceTimersByTimeAsync(1);
	expect(asked.map((a) => a.expr)).toEqual(['a', 'abc']);
	expect(asked[0].signal.aborted).toBe(true);
});

it('takes no answer to an old question', async () => {
	const check = checker();
	check.look('a', null);
	await settle();
	check.look('b', null);
	await vi.advanceTimersByTimeAsync(120);
	asked[1].give(fine('b'));
	await settle();
	asked[0].give(fine('a'));
	await settle();
	expect([check.text, check.answer?.canonical, check.pending]).toEqual(['b', 'b', false]);
	expect([check.knows('b'), check.knows('a')]).toEqual([true, false]);
});

it('asks again about another data set, not about the same text', async () => {
	const check = checker();
	check.look('a', null);
	await settle();
	asked[0].give(fine('a'));
	await settle();
	check.look('a', null);
	await vi.advanceTimersByTimeAsync(500);
	expect(asked).toHaveLength(1);
	check.look('a', 'other');
	await settle();
	expect(asked[1].dataset).toBe('other');
});

it('asks again after it was stopped on the way', async () => {
	const check = checker();
	check.look('a', null);
	check.stop();
	check.look('a', null);
	await settle();
	expect(asked).toHaveLength(1);
});

it('has nothing to say about nothing', async () => {
	const check = checker();
	check.look('  ', null);
	await vi.advanceTimersByTimeAsync(500);
	expect([asked.length, check.answer, check.pending]).toEqual([0, null, false]);
});

it('tells when the engine cannot be asked, and asks again', async () => {
	let works = false;
	const check = new Checker(120, () =>
		works ? Promise.resolve(fine('a')) : Promise.reject(new Error('gone'))
	);
	check.look('a', null);
	await settle();
	expect([check.failure?.message, check.answer]).toEqual(['gone', null]);
	works = true;
	check.look('a', null);
	await vi.advanceTimersByTimeAsync(120);
	expect([check.failure, check.answer?.canonical]).toEqual([null, 'a']);
});
