import type { Histogram } from '#lib/api/client.ts';
import { niceTicks } from './scale.ts';

export interface Bar {
	lo: number;
	hi: number;
	count: number;
	/** Which side of zero it lies on; an edge always falls on zero. */
	side: 'pos' | 'neg';
}

export const bars = ({ edges, counts }: Histogram): Bar[] =>
	counts.map((count, i) => ({
		lo: edges[i],
		hi: edges[i + 1],
		count,
		side: edges[i] + edges[i + 1] >= 0 ? 'pos' : 'neg'
	}));

/** Where `value` lies between the first and the last edge, in per cent; null outside. */
export function along(edges: number[], value: number | null | undefined): number | null {
	const [first, last] = [edges[0], edges.at(-1)];
	if (value === null || value === undefined || last === undefined || !(last > first)) return null;
	const share = ((value - first) / (last - first)) * 100;
	return share < 0 || share > 100 ? null : share;
}

/** A value pointed at, besides the bars. */
export interface Mark {
	label: string;
	value: number;
	/** Tells it apart from the others besides its colour. */
	shape: 'solid' | 'dotted';
	help?: string;
}

/** Where a mark stands, in per cent; what lies beyond the picture stands at its edge. */
export function placeOf(edges: number[], value: number): { at: number; beyond: boolean } | null {
	const [first, last] = [edges[0], edges.at(-1)];
	if (last === undefined || !(last > first)) return null;
	const share = ((value - first) / (last - first)) * 100;
	const at = Math.max(0, Math.min(100, share));
	return { at, beyond: at !== share };
}

/** Points of a polyline through the middles of the bars, in a box of 100 by 100; what is higher
 * leaves the box, so that its end is not taken for its height. */
export const middles = (edges: number[], heights: number[], top: number): string =>
	heights
		.map((h, i) => {
			const x = along(edges, (edges[i] + edges[i + 1]) / 2) ?? 0;
			return `${x.toFixed(2)},${(100 - (h / top) * 100).toFixed(2)}`;
		})
		.join(' ');

/** The height of the picture: of the highest bar, or of the luck line, but at most twice the bar. */
export function topOf(counts: number[], luck: number[] = []): number {
	const bar = Math.max(1, highest(counts));
	// A line at the very edge is cut in half.
	return Math.max(bar, Math.min(1.04 * highest(luck), 2 * bar));
}
export const highest = (heights: number[]): number => heights.reduce((a, b) => Math.max(a, b), 0);

/** Whole numbers on the y axis. */
export const countTicks = (top: number): number[] =>
	niceTicks(0, top, 3).filter((t) => Number.isInteger(t));

/** Labels under the bars: round numbers that are edges of the picture or inside. */
export const edgeTicks = (edges: number[], most = 7): number[] =>
	edges.length > 1 ? niceTicks(edges[0], edges[edges.length - 1], most) : [];

/** Some bars side by side, as one. */
export interface Choice {
	lo: number;
	hi: number;
	count: number;
}

/** The bars between two, whichever comes first. */
export const chosen = (all: Bar[], a: number, b: number): Choice => {
	const part = all.slice(Math.min(a, b), Math.max(a, b) + 1);
	return {
		lo: part[0].lo,
		hi: part[part.length - 1].hi,
		count: part.reduce((n, bar) => n + bar.count, 0)
	};
};
