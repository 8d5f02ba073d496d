/** Series of a line chart, and what is read from them besides the picture. */
import { percent, ratio } from '#lib/utils/format.ts';
import { digitsOf } from './scale.ts';

export interface Series {
	label: string;
	values: (number | null)[];
	/** A custom property such as `--s2`, or any colour; the palette in turn when absent. */
	color?: string;
	dash?: boolean;
	fill?: boolean;
	width?: number;
	/** Points without a line. */
	points?: boolean;
	/** The values are read between points: said so wherever they are told. */
	approximate?: boolean;
}

export type NumberText = (value: number | null | undefined) => string;

/** Colour of series `i`: six tell apart in every vision; later ones repeat them, dashed. */
export const colourOf = (s: Series, i: number): string => s.color ?? `--s${(i % 6) + 1}`;
export const cssColour = (colour: string): string =>
	colour.startsWith('--') ? `var(${colour})` : colour;
export const isDashed = (s: Series, i: number): boolean => s.dash ?? i >= 6;

export const told = (s: Series, i: number, text: NumberText): string => {
	const v = s.values[i] ?? null;
	return s.approximate && v !== null ? `≈ ${text(v)}` : text(v);
};

/** Ticks of the y axis, with as many digits as tell them apart. */
export function tickTexts(at: number[], inPercent: boolean): string[] {
	const step =
		at.length > 1 ? Math.min(...at.slice(1).map((t, i) => t - at[i])) : Math.abs(at[0] || 1);
	const digits = Math.min(4, digitsOf(inPercent ? step * 100 : step));
	return at.map((t) => (inPercent ? percent(t, digits) : ratio(t, digits)));
}

/** A chart in a sentence: where each series starts, ends and what it stays between. */
export function summary(x: (string | number)[], series: Series[], text: NumberText): string {
	const parts = series.map((s) => {
		const known = s.values.filter((v): v is number => v !== null && Number.isFinite(v));
		if (!known.length) return `${s.label}: no values`;
		const lo = known.reduce((a, b) => Math.min(a, b));
		const hi = known.reduce((a, b) => Math.max(a, b));
		return `${s.label} from ${text(known[0])} to ${text(known.at(-1))}, between ${text(lo)} and ${text(hi)}`;
	});
	const span = x.length ? ` ${x[0]} to ${x.at(-1)}.` : ' No data.';
	return `${parts.join('; ')}.${span}`;
}

/** What the crosshair stands on, in words. */
export const pointText = (
	x: (string | number)[],
	series: Series[],
	i: number,
	text: NumberText
): string => `${x[i]}: ${series.map((s) => `${s.label} ${told(s, i, text)}`).join(', ')}`;

/** Indices of at most `most` evenly spread points between `lo` and `hi`, the last one included. */
export function spread(xs: number[], lo: number, hi: number, most: number): number[] {
	const inside: number[] = [];
	xs.forEach((x, i) => {
		if (x >= lo && x <= hi) inside.push(i);
	});
	const every = Math.max(1, Math.ceil(inside.length / most));
	return inside.filter((_, k) => (inside.length - 1 - k) % every === 0);
}

/** The step from index `i` that a key makes among `n` points; null when the key means nothing. */
export function stepped(
	key: string,
	shift: boolean,
	i: number | null,
	[lo, hi]: [number, number]
): number | null {
	const big = Math.max(1, Math.round((hi - lo) / 10));
	const step = { ArrowLeft: -1, ArrowRight: 1, PageUp: big, PageDown: -big }[key];
	if (key === 'Home') return lo;
	if (key === 'End') return hi;
	if (step === undefined) return null;
	if (i === null || i < lo || i > hi) return step > 0 ? lo : hi;
	return Math.max(lo, Math.min(hi, i + (shift ? Math.sign(step) * big : step)));
}

/** `values` at `from`, read on straight lines at the places `to`; null outside. */
export function interpolate(
	from: number[],
	values: (number | null)[],
	to: number[]
): (number | null)[] {
	let k = 0;
	return to.map((x) => {
		while (k < from.length - 1 && from[k + 1] <= x) k++;
		if (!from.length || x < from[0] || x > from[from.length - 1]) return null;
		const a = values[k] ?? null;
		if (from[k] === x || a === null) return a;
		const b = values[k + 1] ?? null;
		return b === null ? null : a + ((b - a) * (x - from[k])) / (from[k + 1] - from[k]);
	});
}
