// @vitest-environment jsdom
import { flushSync } from 'svelte';
import { expect, it, vi } from 'vitest';
import { Answer } from './answer.svelte.ts';

const settled = () => new Promise((done) => setTimeout(done));

it('has what the engine answered', async () => {
	const answer = new Answer<number>();
	answer.ask(() => Promise.resolve(1));
	expect(answer.busy).toBe(true);
	await settled();
	expect([answer.data, answer.error, answer.busy]).toEqual([1, null, false]);
});

it('says what went wrong and can be asked again', async () => {
	const answer = new Answer<number>();
	const ask = vi.fn<() => Promise<number>>();
	ask.mockRejectedValueOnce(new Error('no')).mockResolvedValueOnce(2);
	answer.ask(ask);
	await settled();
	expect([answer.data, answer.error?.message]).toEqual([null, 'no']);
	await answer.again();
	expect([answer.data, answer.error]).toEqual([2, null]);
});

it('keeps the old answer only when told', async () => {
	const answer = new Answer<number>();
	answer.ask(() => Promise.resolve(1));
	await settled();
	answer.ask(() => new Promise<number>(() => undefined), true);
	expect(answer.data).toBe(1);
	answer.ask(() => new Promise<number>(() => undefined));
	expect(answer.data).toBeNull();
});

it('does not take an answer that comes too late', async () => {
	const answer = new Answer<number>();
	let late: (value: number) => void = () => undefined;
	answer.ask(() => new Promise<number>((done) => (late = done)));
	answer.ask(() => Promise.resolve(2));
	await settled();
	late(1);
	await settled();
	expect([answer.data, answer.busy]).toEqual([2, false]);
});

it('is asked anew for what the call reads, and for nothing else', async () => {
	const answer = new Answer<string>();
	const aborted: boolean[] = [];
	let name = $state('a');
	const stop = $effect.root(() => {
		$effect(() => {
			const of = name;
			return answer.ask((signal) => {
				signal.addEventListener('abort', () => aborted.push(true));
				return Promise.resolve(of);
			});
		});
	});
	flushSync();
	await settled();
	flushSync();
	expect([answer.data, aborted]).toEqual(['a', []]);
	name = 'b';
	flushSync();
	await settled();
	expect([answer.data, aborted]).toEqual(['b', [true]]);
	stop();
});
