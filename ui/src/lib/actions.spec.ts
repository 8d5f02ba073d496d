import { describe, expect, it, vi } from 'vitest';
import { actions, perform } from './actions.ts';
import { toasts } from './state/toasts.svelte.ts';

describe('actions', () => {
	it('are there while they are registered and available', () => {
		let open = false;
		const stop = actions.register(
			{ id: 'a', title: 'A', run: () => undefined },
			{ id: 'b', title: 'B', available: () => open, run: () => undefined }
		);
		const ids = () => actions.list().map((a) => a.id);
		expect(ids()).toEqual(['a']);
		open = true;
		expect(ids()).toEqual(['a', 'b']);
		stop();
		expect(ids()).toEqual([]);
	});

	it('of another page survive the end of the one before', () => {
		const first = actions.register({ id: 'run', title: 'Old', run: () => undefined });
		const second = actions.register({ id: 'run', title: 'New', run: () => undefined });
		first();
		expect(actions.get('run')?.title).toBe('New');
		second();
	});

	it('that are not available do not run', () => {
		const run = vi.fn();
		const stop = actions.register({ id: 'x', title: 'X', available: () => false, run });
		actions.run('x');
		stop();
		expect(run).not.toHaveBeenCalled();
	});

	it('that fail say so', async () => {
		const fail = () => {
			throw new Error('at once');
		};
		perform({ id: 'f', title: 'Save', run: fail });
		perform({ id: 'g', title: 'Load', run: () => Promise.reject(new Error('later')) });
		await Promise.resolve();
		await Promise.resolve();
		expect(toasts.items.map(({ title, text }) => [title, text])).toEqual([
			['Save: failed', 'at once'],
			['Load: failed', 'later']
		]);
		for (const { id } of toasts.items) toasts.dismiss(id);
	});
});
