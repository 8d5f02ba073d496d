/** The curves of a comparison as series of a chart. */
import type { Series } from '#lib/components/charts/series.ts';
import type { XRange } from '#lib/components/charts/scale.ts';

/** Up to here every curve has a stroke of its own: six colours, whole and dashed. */
export const TOLD_APART = 12;

export interface Curve {
	label: string;
	equity: number[];
}

/** Where the visible part begins: the first point at or after the start of `range`. */
export const firstSeen = (dates: readonly string[], range: XRange): number =>
	range
		? Math.max(
				0,
				dates.findIndex((d) => d >= range[0])
			)
		: 0;

/** Every curve worth 1 where the visible part begins, so that what is seen can be compared. */
export function series(
	dates: readonly string[],
	curves: readonly Curve[],
	range: XRange,
	meant: number | null = null
): Series[] {
	const start = firstSeen(dates, range);
	return curves.map(({ label, equity }, i) => {
		const base = equity[start];
		return {
			label,
			values: base > 0 ? equity.map((v) => v / base) : equity,
			width: i === meant ? 2.5 : 1.5,
			...(i < TOLD_APART ? {} : { color: i === meant ? '--accent' : '--line-strong', dash: false })
		};
	});
}

/** Labels that are not drawn at first: beyond those that can be told apart. */
export const hiddenAtFirst = (labels: readonly string[]): string[] => labels.slice(TOLD_APART);
