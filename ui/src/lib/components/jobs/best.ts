export interface Result {
	sharpe: number | null;
}
export interface Trace {
	x: number[];
	values: (number | null)[];
	best: (number | null)[];
}

/** Sharpe ratios in the order they came and the best so far; thinned beyond `most` points.
 *
 * Thinning keeps every new best, so the line of the best is exact. */
export function trace(results: readonly Result[], most = 4000): Trace {
	const every = Math.max(1, Math.ceil(results.length / most));
	const out: Trace = { x: [], values: [], best: [] };
	let best: number | null = null;
	results.forEach(({ sharpe }, i) => {
		const rises = sharpe !== null && Number.isFinite(sharpe) && (best === null || sharpe > best);
		if (rises) {
			// The step goes up where it happens, not on a slope from the last point drawn.
			if (out.x.length && out.x.at(-1) !== i) push(out, i, results[i - 1].sharpe, best);
			best = sharpe;
		}
		if (rises || i % every === 0 || i === results.length - 1) push(out, i + 1, sharpe, best);
	});
	return out;
}

function push(out: Trace, x: number, value: number | null, best: number | null): void {
	if (out.x.at(-1) === x) return;
	out.x.push(x);
	out.values.push(value);
	out.best.push(best);
}
