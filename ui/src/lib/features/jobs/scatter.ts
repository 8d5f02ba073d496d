/** Candidates as points: in sample to the right, out of sample upwards. */
import { niceTicks, yExtent } from '#lib/components/charts/scale.ts';

export interface Point {
	hash: string;
	run: string;
	x: number;
	y: number;
	front: boolean;
}
export interface Frame {
	x: [number, number];
	y: [number, number];
	xTicks: number[];
	yTicks: number[];
}

interface Sharpes {
	expr_hash: string;
	run_id: string;
	in_sample: number | null;
	out_of_sample: number | null;
	front: number;
}

/** Those with both ratios, from left to right. */
export const pointsOf = (candidates: readonly Sharpes[]): Point[] =>
	candidates
		.flatMap((c) =>
			c.in_sample === null || c.out_of_sample === null
				? []
				: [
						{
							hash: c.expr_hash,
							run: c.run_id,
							x: c.in_sample,
							y: c.out_of_sample,
							front: c.front === 0
						}
					]
		)
		.sort((a, b) => a.x - b.x || a.y - b.y);

/** Both axes hold zero, so that gains and losses are seen. */
export function frameOf(points: readonly Point[]): Frame {
	const span = (values: number[]) =>
		yExtent(Math.min(...values), Math.max(...values), { zero: true });
	const x = span(points.map((p) => p.x));
	const y = span(points.map((p) => p.y));
	return { x, y, xTicks: niceTicks(...x, 6), yTicks: niceTicks(...y, 5) };
}

/** Where a value lies, from 0 to 1. */
export const along = (v: number, [lo, hi]: [number, number]): number =>
	hi > lo ? (v - lo) / (hi - lo) : 0.5;

/** The point nearest to a place in a box of `width` by `height`; null when none is within `reach`. */
export function nearest(
	points: readonly Point[],
	frame: Frame,
	at: { left: number; top: number; width: number; height: number },
	reach = 24
): number | null {
	let best: number | null = null;
	let shortest = reach * reach;
	points.forEach((p, i) => {
		const dx = along(p.x, frame.x) * at.width - at.left;
		const dy = (1 - along(p.y, frame.y)) * at.height - at.top;
		const far = dx * dx + dy * dy;
		if (far < shortest) [best, shortest] = [i, far];
	});
	return best;
}
