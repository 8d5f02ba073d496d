/** Where one was in a table of strategies, for coming back to it. */

export interface Place {
	top: number;
	/** The current row, counted from 0. */
	row: number | null;
}

const gridIn = (node: Element | null | undefined) =>
	node?.querySelector<HTMLElement>('[role="grid"]') ?? null;

export function placeIn(node: Element | null | undefined): Place | null {
	const grid = gridIn(node);
	if (!grid) return null;
	const row = /-(\d+)$/.exec(grid.getAttribute('aria-activedescendant') ?? '');
	return { top: grid.scrollTop, row: row ? Number(row[1]) : null };
}

/** Scroll back and make the row the current one; the rows may still be on their way. */
export async function goBackTo(node: Element | null | undefined, place: Place): Promise<void> {
	for (let tries = 0; tries < 40; tries++) {
		const grid = gridIn(node);
		if (grid && grid.scrollHeight - grid.clientHeight >= place.top) {
			grid.scrollTop = place.top;
			await frame();
			await frame();
			currentRow(grid, place.row);
			grid.focus({ preventScroll: true });
			return;
		}
		await frame();
	}
}

function currentRow(grid: HTMLElement, row: number | null): void {
	if (row === null) return;
	// The table takes a click as a move; the row is drawn because it was in view.
	grid.querySelector<HTMLElement>(`[role="row"][aria-rowindex="${row + 2}"]`)?.click();
}

const frame = () => new Promise(requestAnimationFrame);
