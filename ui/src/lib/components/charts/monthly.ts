import type { Sheet } from '#lib/api/client.ts';

export interface YearRow {
	year: number;
	months: (number | null)[];
	value: number | null;
	benchmark: number | null;
}

/** One row per year, oldest first, with twelve months; what has no return is null. */
export function yearRows(monthly: Sheet['monthly'], yearly: Sheet['yearly']): YearRow[] {
	const rows: Record<number, YearRow> = {};
	const row = (year: number) =>
		(rows[year] ??= { year, months: Array<null>(12).fill(null), value: null, benchmark: null });
	for (const m of monthly) row(m.year).months[m.month - 1] = m.value;
	for (const y of yearly)
		Object.assign(row(y.year), { value: y.value, benchmark: y.benchmark ?? null });
	return Object.values(rows).sort((a, b) => a.year - b.year);
}

/** The return that takes the full tint: nineteen in twenty are smaller, so that one crash does not pale the rest. */
export function fullTint(rows: YearRow[]): number {
	const sizes = rows.flatMap((r) => r.months.filter((m) => m !== null).map(Math.abs));
	sizes.sort((a, b) => a - b);
	return Math.max(0.005, sizes[Math.floor((sizes.length - 1) * 0.95)] ?? 0);
}

/** At most 34 % of the sign's colour, so that the number keeps its contrast. */
export function tint(value: number | null, at: number): string | undefined {
	if (value === null || value === 0) return undefined;
	const share = Math.min(1, Math.abs(value) / at) * 34;
	return `color-mix(in oklab, var(${value > 0 ? '--pos' : '--neg'}) ${share.toFixed(0)}%, var(--surface))`;
}
