/** Floating things: where they go, and how they follow their anchor and leave. */
import type { Attachment } from 'svelte/attachments';

export type Side = 'top' | 'right' | 'bottom' | 'left';
export type Align = 'start' | 'center' | 'end';

const GAP = 6;
const EDGE = 8;

interface Size {
	width: number;
	height: number;
}
interface Box extends Size {
	left: number;
	top: number;
}

/** Where a box of that size goes: on its side, on the other when there is no room, never outside. */
export function place(
	anchor: Box,
	size: Size,
	side: Side,
	view: Size,
	align: Align = 'center'
): { left: number; top: number } {
	const beside = side === 'left' || side === 'right';
	const [start, extent, own, room] = beside
		? [anchor.left, anchor.width, size.width, view.width]
		: [anchor.top, anchor.height, size.height, view.height];
	const before = start - GAP - own;
	const after = start + extent + GAP;
	const fits = (at: number) => at >= EDGE && at + own <= room - EDGE;
	const first = side === 'left' || side === 'top';
	const main = first ? (fits(before) ? before : after) : fits(after) ? after : before;

	const [from, length, mine] = beside
		? [anchor.top, anchor.height, size.height]
		: [anchor.left, anchor.width, size.width];
	const cross = { start: from, center: from + (length - mine) / 2, end: from + length - mine }[
		align
	];

	const within = (at: number, extent: number, limit: number) =>
		Math.max(EDGE, Math.min(at, limit - EDGE - extent));
	return {
		left: within(beside ? main : cross, size.width, view.width),
		top: within(beside ? cross : main, size.height, view.height)
	};
}

interface Options {
	anchor: Element;
	side: Side;
	align: Align;
	/** Pointed at or focused somewhere else. */
	onaway?: () => void;
}

/** The attribute for `float`; old web views know no top layer and get an ordinary fixed element. */
export const POPOVER =
	typeof HTMLElement !== 'undefined' && 'showPopover' in HTMLElement.prototype
		? 'manual'
		: undefined;

/**
 * Put an element with `popover={POPOVER}` into the browser's top layer, beside its anchor: nothing
 * clips it there, and it stays where it is in the document, inside its landmark or dialog.
 */
export function float({ anchor, side, align, onaway }: Options): Attachment<HTMLElement> {
	return (node) => {
		const put = () => {
			const view = { width: innerWidth, height: innerHeight };
			const size = { width: node.offsetWidth, height: node.offsetHeight };
			const at = place(anchor.getBoundingClientRect(), size, side, view, align);
			node.style.left = `${at.left}px`;
			node.style.top = `${at.top}px`;
		};
		const away = ({ target }: Event) => {
			if (target instanceof Node && !node.contains(target) && !anchor.contains(target)) onaway?.();
		};
		if (POPOVER) node.showPopover();
		put();
		const observer = typeof ResizeObserver === 'undefined' ? null : new ResizeObserver(put);
		observer?.observe(node);
		addEventListener('resize', put);
		addEventListener('scroll', put, true);
		addEventListener('pointerdown', away, true);
		addEventListener('focusin', away);
		return () => {
			observer?.disconnect();
			removeEventListener('resize', put);
			removeEventListener('scroll', put, true);
			removeEventListener('pointerdown', away, true);
			removeEventListener('focusin', away);
		};
	};
}

/** What takes the focus, in the order of the tab key. */
export const FOCUSABLE =
	':is(a[href], button, input, select, textarea, [tabindex="0"], [contenteditable="true"]):not([disabled])';
