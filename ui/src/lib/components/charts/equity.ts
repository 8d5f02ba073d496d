import type { EquityCurve } from '#lib/api/client.ts';
import type { XRange } from './scale.ts';
import { toX } from './scale.ts';
import { interpolate, type Series } from './series.ts';

export interface Lines {
	x: string[];
	equity: Series[];
	drawdown: Series[];
	rolling: Series[];
}

type Values = (number | null)[];

/** The lines of a curve and, drawn behind, of another run and the benchmark.
 *
 * The x axis has the curve's own dates; where the other run began earlier or ended later, its
 * dates too. In between the other run is read between its points and marked approximate. */
export function lines(curve: EquityCurve, ghost: EquityCurve | null, benchmark: string): Lines {
	const own = curve.dates;
	const [first, last] = [own[0] ?? '', own.at(-1) ?? ''];
	const before = ghost ? ghost.dates.filter((d) => !own.length || d < first) : [];
	const after = ghost && own.length ? ghost.dates.filter((d) => d > last) : [];
	const x = [...before, ...own, ...after];
	const pad = (values: Values): Values => [
		...before.map(() => null),
		...values,
		...after.map(() => null)
	];
	const main = (values: Values): Series => ({
		label: 'Strategy',
		values: pad(values),
		color: '--s1'
	});
	const other = (values: Values): Series[] => {
		if (!ghost) return [];
		const read = interpolate(ghost.dates.map(toX), values, x.map(toX));
		const approximate = ghost.dates.join() !== own.join();
		const look = { color: '--text-muted', dash: true, width: 1 };
		return [{ label: 'Previous', values: read, approximate, ...look }];
	};
	const against: Series[] = curve.benchmark
		? [{ label: benchmark, values: pad(curve.benchmark), color: '--s2', width: 1 }]
		: [];
	return {
		x,
		equity: [main(curve.equity), ...against, ...other(ghost?.equity ?? [])],
		drawdown: [{ ...main(curve.drawdown), fill: true, width: 1 }, ...other(ghost?.drawdown ?? [])],
		rolling: [{ ...main(curve.rolling_sharpe), width: 1 }, ...other(ghost?.rolling_sharpe ?? [])]
	};
}

export const SPANS = ['1M', '1Y', '5Y', 'All'] as const;
export type Span = (typeof SPANS)[number];

/** The range of the last month, year or five years of `dates`. */
export function span(dates: string[], of: Span): XRange {
	const last = dates.at(-1);
	if (of === 'All' || !last) return null;
	const [year, month, day] = last.split('-').map(Number);
	const months = { '1M': 1, '1Y': 12, '5Y': 60 }[of];
	const start = new Date(Date.UTC(year, month - 1 - months, 1));
	const days = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 0)).getUTCDate();
	start.setUTCDate(Math.min(day, days));
	const from = start.toISOString().slice(0, 10);
	return from <= dates[0] ? null : [from, last];
}

export const sameRange = (a: XRange, b: XRange): boolean => a?.join() === b?.join();
