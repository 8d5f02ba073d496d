import { createSubscriber } from 'svelte/reactivity';

/** Colours as the page shows them now; who reads them is told when the theme changes. */
class Palette {
	#subscribe = createSubscriber((update) => {
		const changed = new MutationObserver(update);
		changed.observe(document.documentElement, { attributes: true });
		const system = window.matchMedia?.('(prefers-color-scheme: dark)');
		system?.addEventListener('change', update);
		return () => {
			changed.disconnect();
			system?.removeEventListener('change', update);
		};
	});

	/** A reader of custom properties at `node`, for canvases, which take no variables. */
	at(node: Element): (colour: string) => string {
		this.#subscribe();
		const css = getComputedStyle(node);
		return (colour) => (colour.startsWith('--') ? css.getPropertyValue(colour).trim() : colour);
	}
}

export const palette = new Palette();
