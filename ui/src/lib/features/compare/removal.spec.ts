import { beforeEach, describe, expect, it, vi } from 'vitest';
import { api } from '#lib/api/client.ts';
import { toasts } from '#lib/state/toasts.svelte.ts';
import { hashesOf, remove } from './removal.ts';

const ok = { data: undefined, response: new Response(null, { status: 204 }) };
const bad = { error: { code: 'x', message: 'No.' }, response: new Response('', { status: 404 }) };
const after = vi.fn();

beforeEach(() => {
	vi.restoreAllMocks();
	after.mockClear();
	for (const { id } of toasts.items) toasts.dismiss(id);
});

it('names a strategy once however many of its runs are chosen', () =>
	expect(hashesOf([{ expr_hash: 'a' }, { expr_hash: 'b' }, { expr_hash: 'a' }])).toEqual([
		'a',
		'b'
	]));

describe('removing', () => {
	it('tells what went and puts it back', async () => {
		vi.spyOn(api, 'DELETE').mockResolvedValue(ok as never);
		const restore = vi.spyOn(api, 'POST').mockResolvedValue(ok as never);
		expect(await remove(['a', 'b'], after)).toEqual(['a', 'b']);
		const toast = toasts.items.at(-1);
		expect([toast?.title, toast?.action?.label]).toEqual(['2 strategies removed', 'Undo']);
		toast?.action?.run();
		await vi.waitFor(() => expect(after).toHaveBeenCalledTimes(2));
		expect(restore).toHaveBeenCalledTimes(2);
	});
	it('tells what stayed', async () => {
		vi.spyOn(api, 'DELETE')
			.mockResolvedValueOnce(ok as never)
			.mockResolvedValueOnce(bad as never);
		expect(await remove(['a', 'b'], after)).toEqual(['a']);
		expect(toasts.items.map((t) => t.title)).toEqual([
			'Not all could be removed',
			'1 strategy removed'
		]);
	});
});
