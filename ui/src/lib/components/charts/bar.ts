/** Bars beside numbers: where they begin and how long they are. */

/** The ends of a scale that holds zero and all of `values`. */
export function ends(values: readonly (number | null | undefined)[]): [number, number] {
	const known = values.filter((v): v is number => typeof v === 'number' && Number.isFinite(v));
	return known.reduce(([lo, hi], v) => [Math.min(lo, v), Math.max(hi, v)], [0, 0]);
}

/** Place of `value` on the scale, in per cent; 0 when the scale is a point. */
export const along = (value: number, [lo, hi]: readonly [number, number]): number =>
	hi > lo ? (Math.max(0, Math.min(1, (value - lo) / (hi - lo))) || 0) * 100 : 0;

export interface Span {
	start: number;
	size: number;
}

/** The bar from `from` to `to`, in per cent of the scale. */
export function span(from: number, to: number, scale: readonly [number, number]): Span {
	const [a, b] = [along(from, scale), along(to, scale)];
	return { start: Math.min(a, b), size: Math.abs(b - a) };
}
