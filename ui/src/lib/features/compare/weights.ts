/** Weights of a blend of one's own: never below 0, together 1. */

export const equal = (n: number): number[] => Array<number>(n).fill(n ? 1 / n : 0);

/** One weight set; the others keep their proportions and take what is left. */
export function shifted(weights: readonly number[], i: number, to: number): number[] {
	const set = Math.max(0, Math.min(1, to));
	const others = weights.reduce((sum, w, k) => (k === i ? sum : sum + w), 0);
	const rest = weights.length - 1;
	if (!rest) return [1];
	return weights.map((w, k) =>
		k === i ? set : others > 0 ? (w / others) * (1 - set) : (1 - set) / rest
	);
}

/** Whole tenths of a per cent that add up to exactly 100: the largest remainders are rounded up. */
export function shown(weights: readonly number[]): number[] {
	const total = weights.reduce((a, b) => a + b, 0);
	if (!(total > 0)) return weights.map(() => 0);
	const exact = weights.map((w) => (w / total) * 1000);
	const floor = exact.map(Math.floor);
	const missing = 1000 - floor.reduce((a, b) => a + b, 0);
	const order = exact.map((x, i) => [x - floor[i], i]).sort((a, b) => b[0] - a[0] || a[1] - b[1]);
	for (const [, i] of order.slice(0, missing)) floor[i]++;
	return floor.map((w) => w / 10);
}
