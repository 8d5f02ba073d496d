/** Taking strategies out of the lists, with a way back. */
import { api, unwrap, type StrategySummary } from '#lib/api/client.ts';
import { toasts } from '#lib/state/toasts.svelte.ts';
import { plural } from '#lib/utils/format.ts';

const UNDO_MS = 10_000;

/** The strategies that the runs belong to, each once. */
export const hashesOf = (runs: Iterable<Pick<StrategySummary, 'expr_hash'>>): string[] => [
	...new Set([...runs].map((run) => run.expr_hash))
];

async function each(hashes: readonly string[], act: (hash: string) => Promise<unknown>) {
	const settled = await Promise.allSettled(hashes.map(act));
	const failed = settled.find((s) => s.status === 'rejected');
	return {
		done: hashes.filter((_, i) => settled[i].status === 'fulfilled'),
		error: failed ? (failed.reason as unknown) : null
	};
}

const hide = async (expr_hash: string) =>
	unwrap(await api.DELETE('/api/strategies/{expr_hash}', { params: { path: { expr_hash } } }));
const restore = async (expr_hash: string) =>
	unwrap(
		await api.POST('/api/strategies/{expr_hash}/restore', { params: { path: { expr_hash } } })
	);

/** Take them out; gives those that went. `after` runs whenever the list has changed. */
export async function remove(hashes: readonly string[], after: () => void): Promise<string[]> {
	const { done, error } = await each(hashes, hide);
	if (error) toasts.error('Not all could be removed', error);
	if (done.length) {
		after();
		toasts.show({
			title: `${plural(done.length, 'strategy', 'strategies')} removed`,
			text: 'Their trials stay in the ledger.',
			stay: UNDO_MS,
			action: { label: 'Undo', run: () => void bringBack(done, after) }
		});
	}
	return done;
}

async function bringBack(hashes: readonly string[], after: () => void): Promise<void> {
	const { error } = await each(hashes, restore);
	if (error) toasts.error('Not all could be put back', error);
	after();
}
