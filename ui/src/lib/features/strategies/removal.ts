/** Taking a strategy out of the lists, and putting it back. */
import { api, unwrap } from '#lib/api/client.ts';
import { toasts } from '#lib/state/toasts.svelte.ts';
import { open, strategiesHref, strategyHref } from './links.ts';

const UNDO_MS = 10_000;

export async function remove(expr_hash: string): Promise<void> {
	const params = { path: { expr_hash } };
	unwrap(await api.DELETE('/api/strategies/{expr_hash}', { params }));
	await open(strategiesHref());
	toasts.show({
		title: `${expr_hash} was removed`,
		text: 'Its tries stay in the ledger.',
		stay: UNDO_MS,
		action: { label: 'Undo', run: () => void restore(expr_hash) }
	});
}

async function restore(expr_hash: string): Promise<void> {
	try {
		const params = { path: { expr_hash } };
		unwrap(await api.POST('/api/strategies/{expr_hash}/restore', { params }));
		await open(strategyHref(expr_hash));
	} catch (thrown) {
		toasts.error(`${expr_hash} could not be put back`, thrown);
	}
}
