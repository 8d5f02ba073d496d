/**
 * The one tooltip there is: shown after a while of pointing, at once when its neighbour was just
 * shown or the keyboard came by, gone with Escape; it stays while the pointer is on it.
 */
import type { Side } from './floating.ts';

export interface Tip {
	text: string;
	shortcut?: string;
	side: Side;
}

export const TOOLTIP_ID = 'tooltip';
const WAIT_MS = 400;
const LINGER_MS = 120;
const WARM_MS = 300;

class TooltipState {
	tip = $state.raw<Tip | null>(null);
	anchor = $state.raw<Element | null>(null);
	#timer?: ReturnType<typeof setTimeout>;
	#hiddenAt = -Infinity;

	/** Begin to point at it. */
	point(anchor: Element, tip: Tip): void {
		clearTimeout(this.#timer);
		const warm = this.tip !== null || performance.now() - this.#hiddenAt < WARM_MS;
		if (warm) this.show(anchor, tip);
		else this.#timer = setTimeout(() => this.show(anchor, tip), WAIT_MS);
	}

	show(anchor: Element, tip: Tip): void {
		clearTimeout(this.#timer);
		this.anchor = anchor;
		this.tip = tip;
	}

	/** The pointer is on the tooltip itself. */
	keep(): void {
		clearTimeout(this.#timer);
	}

	leave(): void {
		clearTimeout(this.#timer);
		if (this.tip) this.#timer = setTimeout(() => this.hide(), LINGER_MS);
	}

	hide(): void {
		clearTimeout(this.#timer);
		if (!this.tip) return;
		this.#hiddenAt = performance.now();
		this.tip = null;
		this.anchor = null;
	}
}

export const tooltip = new TooltipState();
