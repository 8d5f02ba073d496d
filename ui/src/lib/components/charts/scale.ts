/** Positions and labels of chart axes. */

/** The part of the x axis in view, as the ends are written in the data; null shows all of it. */
export type XRange = [from: string, to: string] | null;

const DAY = 86_400_000;
const MONTH = 30 * DAY;
const YEAR = 365 * DAY;
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** Steps between date labels: never less than a day, since the data are daily. */
export const dateSteps = [
	...[1, 2, 3, 5, 7, 10, 15].map((d) => d * DAY),
	...[1, 2, 3, 6].map((m) => m * MONTH),
	...[1, 2, 5, 10, 25, 50, 100].map((y) => y * YEAR)
];

/** A place on the x axis: milliseconds since 1970 (UTC) of a date, or the number itself. */
export const toX = (v: string | number): number => (typeof v === 'number' ? v : Date.parse(v));

export const fromX = (v: number, dates: boolean): string =>
	dates ? new Date(v).toISOString().slice(0, 10) : String(v);

/** The ends of the x axis for `range`, inside the data and wide enough to hold two points. */
export function extent(xs: number[], range: XRange, dates: boolean): [number, number] {
	const first = xs[0] ?? 0;
	const last = xs.at(-1) ?? 1;
	if (!range) return [first, last];
	const [a, b] = range.map((v) => toX(dates ? v : Number(v)));
	let lo = Math.max(first, Math.min(a, b));
	let hi = Math.min(last, Math.max(a, b));
	if (!(lo < hi)) [lo, hi] = [Math.min(lo, last), Math.max(hi, first)].sort((p, q) => p - q);
	const inside = xs.filter((x) => x >= lo && x <= hi).length;
	if (inside >= 2) return [lo, hi];
	const right = Math.max(
		1,
		xs.findIndex((x) => x >= hi)
	);
	return [Math.min(lo, xs[right - 1] ?? first), Math.max(hi, xs[right] ?? last)];
}

/** `times` as much of the x axis, around `middle`; null when that is all of it. */
export function zoomed(
	xs: number[],
	[lo, hi]: [number, number],
	middle: number | null,
	times: number
): [number, number] | null {
	const at = middle === null || middle < lo || middle > hi ? (lo + hi) / 2 : middle;
	const from = at + (lo - at) * times;
	const to = at + (hi - at) * times;
	return from <= (xs[0] ?? 0) && to >= (xs.at(-1) ?? 0) ? null : [from, to];
}

/** Where years, months or days begin that are multiples of `step`, so that ticks are round. */
export function dateTicks(min: number, max: number, step: number): number[] {
	const years = Math.round(step / YEAR);
	const months = step >= YEAR ? 12 * years : Math.round(step / MONTH);
	const ticks: number[] = [];
	if (step < MONTH) {
		// Weeks begin on Mondays, as 5 January 1970 did.
		const first = step === 7 * DAY ? 4 * DAY : 0;
		for (let t = Math.ceil((min - first) / step) * step + first; t <= max; t += step) ticks.push(t);
		return ticks;
	}
	const from = new Date(min);
	const month = from.getUTCFullYear() * 12 + from.getUTCMonth();
	for (let m = Math.floor(month / months) * months; ; m += months) {
		const t = Date.UTC(Math.floor(m / 12), m % 12, 1);
		if (t > max) return ticks;
		if (t >= min) ticks.push(t);
	}
}

/** Labels of date ticks; the year stands under the first tick and where it changes. */
export function dateLabels(ticks: number[], step: number): string[] {
	let year = NaN;
	return ticks.map((t) => {
		const d = new Date(t);
		const y = d.getUTCFullYear();
		if (step >= YEAR) return String(y);
		const month = MONTHS[d.getUTCMonth()];
		const text = step >= MONTH ? month : `${d.getUTCDate()} ${month}`;
		const label = y === year ? text : `${text}\n${y}`;
		year = y;
		return label;
	});
}

/** The smallest of 1, 2, 2.5 and 5 times a power of ten that cuts `span` into at most `count`. */
export function niceStep(span: number, count: number): number {
	const raw = span / Math.max(1, count);
	if (!(raw > 0) || !Number.isFinite(raw)) return 1;
	const unit = 10 ** Math.floor(Math.log10(raw));
	const times = [1, 2, 2.5, 5, 10].find((m) => m * unit >= raw * (1 - 1e-9)) ?? 10;
	return times * unit;
}

export function niceTicks(min: number, max: number, count: number): number[] {
	const step = niceStep(max - min, count);
	const ticks: number[] = [];
	for (let k = Math.ceil(min / step - 1e-9); k * step <= max + step * 1e-9; k++)
		ticks.push(Number((k * step).toPrecision(12)) + 0);
	return ticks;
}

/** Ticks of a logarithmic axis: round numbers, by decades once the span is wide. */
export function logTicks(min: number, max: number, count: number): number[] {
	if (!(min > 0) || !(max > min)) return [];
	if (max / min < 5) return niceTicks(min, max, count).filter((t) => t > 0);
	const decades = (of: number[]) => {
		const ticks: number[] = [];
		for (let e = Math.floor(Math.log10(min)); e <= Math.ceil(Math.log10(max)); e++)
			for (const m of of) {
				const t = Number((m * 10 ** e).toPrecision(12));
				if (t >= min && t <= max) ticks.push(t);
			}
		return ticks;
	};
	for (const of of [[1, 2, 5], [1, 3], [1]]) {
		const ticks = decades(of);
		if (ticks.length <= count) return ticks;
	}
	const all = decades([1]);
	const every = Math.ceil(all.length / Math.max(1, count));
	return all.filter((_, i) => i % every === 0);
}

/** Digits after the point that tell multiples of `step` apart. */
export function digitsOf(step: number): number {
	for (let d = 0; d < 8; d++) {
		const n = Math.abs(step) * 10 ** d;
		if (n >= 1 - 1e-9 && Math.abs(n - Math.round(n)) < 1e-6 * Math.max(1, n)) return d;
	}
	return 8;
}

/** The ends of a y axis that shows values from `min` to `max` with a little air. */
export function yExtent(
	min: number | null,
	max: number | null,
	{ zero = false, log = false } = {}
): [number, number] {
	if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max))
		return log ? [0.5, 2] : [0, 1];
	if (log) {
		const air = Math.max((max / min) ** 0.04, 1.01);
		return [min / air, max * air];
	}
	const lo = zero ? Math.min(0, min) : min;
	const hi = zero ? Math.max(0, max) : max;
	const air = (hi - lo) * 0.05 || Math.abs(hi) * 0.05 || 0.01;
	return [zero && lo === 0 && hi > 0 ? 0 : lo - air, zero && hi === 0 && lo < 0 ? 0 : hi + air];
}
