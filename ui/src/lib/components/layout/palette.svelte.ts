/** What the palette offers for what is typed. */
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import { actions, perform, type Action } from '#lib/actions.ts';
import { api, isAbort, unwrap, type StrategySummary } from '#lib/api/client.ts';
import type { Icon } from '#lib/pages.ts';
import { ratio2 } from '#lib/utils/format.ts';
import ChevronRight from '@lucide/svelte/icons/chevron-right';
import ClipboardPaste from '@lucide/svelte/icons/clipboard-paste';
import FlaskConical from '@lucide/svelte/icons/flask-conical';
import Table2 from '@lucide/svelte/icons/table-2';
import { isExpression, isHash, matches } from './palette-query.ts';

export interface PaletteItem {
	id: string;
	title: string;
	detail?: string;
	icon: Icon;
	shortcut?: string;
	run: () => void;
}
export interface PaletteGroup {
	name: string;
	items: PaletteItem[];
}

const SEARCH_AFTER_MS = 200;
const SHORTEST_SEARCH = 3;
const FOUND = 5;

const fromAction = (action: Action): PaletteItem => ({
	id: action.id,
	title: action.title,
	icon: action.icon ?? ChevronRight,
	shortcut: action.shortcut,
	run: () => perform(action)
});

const open = (hash: string) => void goto(resolve('/strategies/[hash]', { hash }));

export class Palette {
	#query = $state('');
	#found = $state.raw<StrategySummary[]>([]);
	groups = $derived.by(() => this.#groups());

	/** Take what is typed; for use in an effect, whose end calls the search off. */
	look(typed: string): () => void {
		this.#query = typed.trim();
		this.#found = [];
		if (this.#query.length < SHORTEST_SEARCH || isHash(this.#query)) return () => undefined;
		const abort = new AbortController();
		const timer = setTimeout(() => void this.#search(this.#query, abort.signal), SEARCH_AFTER_MS);
		return () => {
			clearTimeout(timer);
			abort.abort();
		};
	}

	async #search(q: string, signal: AbortSignal): Promise<void> {
		try {
			const query = { q, limit: FOUND };
			const answer = unwrap(await api.GET('/api/strategies', { params: { query }, signal }));
			if (!signal.aborted) this.#found = answer.items;
		} catch (thrown) {
			// Pages and actions are still of use without the strategies.
			if (!isAbort(thrown)) this.#found = [];
		}
	}

	#groups(): PaletteGroup[] {
		const query = this.#query;
		const known = actions.list().filter((a) => a.id !== 'frame.palette');
		const hit = known.filter((a) => matches(query, `${a.title} ${a.keywords ?? ''}`));
		return [
			{ name: 'Pasted', items: this.#pasted(query) },
			{ name: 'Pages', items: hit.filter((a) => a.section === 'Pages').map(fromAction) },
			{ name: 'Actions', items: hit.filter((a) => a.section !== 'Pages').map(fromAction) },
			{ name: 'Strategies', items: this.#found.map(fromStrategy) }
		].filter((group) => group.items.length > 0);
	}

	#pasted(query: string): PaletteItem[] {
		if (isHash(query)) {
			const hash = query.toLowerCase();
			const run = () => open(hash);
			return [{ id: 'pasted.hash', title: 'Open strategy', detail: hash, icon: Table2, run }];
		}
		if (!isExpression(query)) return [];
		const to = (name: 'expr' | 'paste') => () =>
			void goto(resolve(`/backtest?${name}=${encodeURIComponent(query)}`));
		const detail = query;
		return [
			{ id: 'pasted.expr', title: 'Backtest', detail, icon: FlaskConical, run: to('expr') },
			{
				id: 'pasted.paper',
				title: 'Read as a paper formula',
				detail,
				icon: ClipboardPaste,
				run: to('paste')
			}
		];
	}
}

const fromStrategy = (s: StrategySummary): PaletteItem => ({
	id: `strategy.${s.run_id}`,
	title: `Sharpe ${ratio2(s.metrics.ann_sharpe)}`,
	detail: s.expr,
	icon: Table2,
	run: () => open(s.expr_hash)
});
