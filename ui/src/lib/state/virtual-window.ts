/** Which rows of a long list are in view, and where they stand.
 *
 * Browsers cap the height of an element (and WebKit rounds far positions), so beyond `TALLEST` the
 * list is drawn shorter than it is and the scroll position stands for a larger one. */

const TALLEST = 8_000_000;

export interface Window {
	/** Height of what scrolls. */
	height: number;
	/** Rows to draw: `first` up to, not including, `last`. */
	first: number;
	last: number;
	/** Place of row `i` in what scrolls. */
	at: (i: number) => number;
}

interface Size {
	total: number;
	row: number;
	/** Height of the view. */
	view: number;
}

const over = 6;

/** How many pixels of the list one pixel of scrolling stands for. */
function ratio({ total, row, view }: Size): number {
	const full = total * row;
	return full <= TALLEST || full <= view ? 1 : (full - view) / (TALLEST - view);
}

export function windowOf(size: Size, scrollTop: number): Window {
	const { total, row, view } = size;
	const by = ratio(size);
	const shift = scrollTop * by - scrollTop;
	const top = scrollTop + shift;
	return {
		height: Math.min(total * row, Math.max(TALLEST, view)),
		first: Math.max(0, Math.min(total, Math.floor(top / row) - over)),
		last: Math.max(0, Math.min(total, Math.ceil((top + view) / row) + over)),
		at: (i) => i * row - shift
	};
}

/** The scroll position that brings row `i` into view, moving as little as needed. */
export function scrollTo(size: Size, scrollTop: number, i: number): number {
	const by = ratio(size);
	const top = scrollTop * by;
	if (i * size.row < top) return (i * size.row) / by;
	if ((i + 1) * size.row > top + size.view) return Math.max(0, (i + 1) * size.row - size.view) / by;
	return scrollTop;
}

/** Rows dealt to `pool` elements so that a row keeps its element while it stays in view. */
export const dealt = (first: number, last: number, pool: number): number[] =>
	Array.from({ length: pool }, (_, k) => first + ((k - (first % pool) + pool) % pool)).map((i) =>
		i < last ? i : -1
	);
