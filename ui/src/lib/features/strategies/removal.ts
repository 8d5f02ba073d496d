/** Taking one strategy out of the lists, from its own page, to which Undo leads back. */
import { remove as removeAll } from '#lib/features/compare/removal.ts';
import { open, strategiesHref, strategyHref } from './links.ts';

export async function remove(expr_hash: string): Promise<void> {
	let gone = false;
	await removeAll([expr_hash], () => {
		void open(gone ? strategyHref(expr_hash) : strategiesHref());
		gone = true;
	});
}
