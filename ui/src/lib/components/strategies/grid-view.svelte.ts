import { palette } from '#lib/components/charts/palette.svelte.ts';
import type { BlockRows } from '#lib/state/block-rows.svelte.ts';
import { dealt, scrollTo, windowOf } from '#lib/state/virtual-window.ts';
import { untrack } from 'svelte';

const HEAD = 30;
/** Without a bound of its own a table would grow with its rows; then it must not draw them all. */
const TALLEST = 4000;
/** Rows drawn above and below the view, and one that shows in part. */
const SPARE = 13;
/** Rows asked for beyond those drawn. */
const AHEAD = 40;

/** Where a table of rows of one height stands: what is scrolled to, and which row is meant. */
export class GridView {
	readonly head = HEAD;
	top = $state(0);
	/** Height of the table, header included. */
	space = $state(600);
	/** Height of a row. */
	row = $state(28);
	#cursor = $state(0);

	readonly height = $derived.by(() => Math.max(this.row, Math.min(this.space, TALLEST) - HEAD));
	readonly size = $derived.by(() => ({ total: this.total, row: this.row, view: this.height }));
	readonly frame = $derived.by(() => windowOf(this.size, this.top));
	readonly slots = $derived.by(() =>
		dealt(this.frame.first, this.frame.last, Math.ceil(this.height / this.row) + SPARE)
	);
	/** Rows of a page, one of the last staying in view. */
	readonly page = $derived.by(() => Math.max(1, Math.floor(this.height / this.row) - 1));

	constructor(private readonly count: (fitting: number) => number) {}

	get total(): number {
		return this.count(Math.floor(this.height / this.row));
	}
	get cursor(): number {
		return Math.min(this.#cursor, Math.max(0, this.total - 1));
	}
	set cursor(i: number) {
		this.#cursor = Math.max(0, Math.min(this.total - 1, i));
	}
	home(): void {
		this.#cursor = 0;
	}
	/** The row meant is among those drawn. */
	get drawn(): boolean {
		return this.total > 0 && this.cursor >= this.frame.first && this.cursor < this.frame.last;
	}
	/** The scroll position that brings the row meant into view. */
	reach(scrollTop: number): number {
		return scrollTo(this.size, scrollTop, this.cursor);
	}
}

/** Keep a view at the height of its rows, have the rows that it shows, and begin at the first. */
export function tend<T>(
	view: GridView,
	rows: () => BlockRows<T>,
	grid: () => HTMLElement | undefined
): void {
	$effect(() => {
		const element = grid();
		if (!element) return;
		const height = parseFloat(palette.at(element)('--row'));
		if (height > 0) view.row = height;
	});
	$effect(() => {
		const { first, last } = view.frame;
		const list = rows();
		untrack(() => {
			const end = list.ready ? list.total : Infinity;
			void list.need(Math.max(0, first - AHEAD), Math.max(0, Math.min(last + AHEAD, end) - 1));
		});
	});
	$effect(() => {
		const list = rows();
		return () => list.stop();
	});
	// Another question begins at its first row.
	$effect(() => {
		void rows().question;
		view.home();
		const element = grid();
		if (element) element.scrollTop = 0;
	});
}
