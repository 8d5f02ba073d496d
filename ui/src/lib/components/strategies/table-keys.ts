/** The row a key leads to from row `at`; null when the key does not move. */
export function target(key: string, at: number, page: number, total: number): number | null {
	const step = {
		ArrowDown: 1,
		j: 1,
		J: 1,
		ArrowUp: -1,
		k: -1,
		K: -1,
		PageDown: page,
		PageUp: -page,
		Home: -total,
		End: total
	}[key];
	return step === undefined ? null : Math.max(0, Math.min(total - 1, at + step));
}

interface Click {
	shiftKey: boolean;
	ctrlKey: boolean;
	metaKey: boolean;
}

/** What a click on a row chooses besides moving there. */
export const chosenBy = (e: Click): 'none' | 'one' | 'range' =>
	e.shiftKey ? 'range' : e.ctrlKey || e.metaKey ? 'one' : 'none';
