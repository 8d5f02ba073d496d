/**
 * What can be done, once: buttons, menus, keys and the palette all run the same actions. A page
 * registers its own while it is shown: `$effect(() => actions.register({...}))`.
 */
import { SvelteMap } from 'svelte/reactivity';
import { asError } from './api/errors.ts';
import type { Icon } from './pages.ts';
import { toasts } from './state/toasts.svelte.ts';

export interface Action {
	id: string;
	/** A verb first: "New training". */
	title: string;
	icon?: Icon;
	/** "Mod+K", "G D", "?": see utils/keys.ts. */
	shortcut?: string;
	/** Groups the list of keys; the name of a page or "General". */
	section?: string;
	keywords?: string;
	/** Absent means always. */
	available?: () => boolean;
	run: () => unknown;
}

class Actions {
	#all = new SvelteMap<string, Action>();

	/** Add some; gives the function that takes them away. */
	register(...added: Action[]): () => void {
		for (const action of added) this.#all.set(action.id, action);
		return () => {
			// Only its own: another page may have registered the same id meanwhile.
			for (const action of added)
				if (this.#all.get(action.id) === action) this.#all.delete(action.id);
		};
	}

	get(id: string): Action | undefined {
		return this.#all.get(id);
	}

	/** Those that can be run now. */
	list(): Action[] {
		return [...this.#all.values()].filter((action) => action.available?.() ?? true);
	}

	run(id: string): void {
		const action = this.#all.get(id);
		if (action && (action.available?.() ?? true)) perform(action);
	}
}

/** Run one; what goes wrong is told, never lost. */
export function perform(action: Action): void {
	const failed = (thrown: unknown) => toasts.error(`${action.title}: failed`, asError(thrown));
	try {
		const result = action.run();
		if (result instanceof Promise) result.catch(failed);
	} catch (thrown) {
		failed(thrown);
	}
}

export const actions = new Actions();
