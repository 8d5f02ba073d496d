/** What a person types into a field for numbers. */

export interface Limits {
	min?: number;
	max?: number;
	step?: number;
	integer?: boolean;
	optional?: boolean;
	/** The field shows value * scale. */
	scale?: number;
}

const NUMBER = /^-?(\d+\.?\d*|\.\d+)(e-?\d+)?$/i;
const tidy = (v: number) => +v.toPrecision(12);

const within = (v: number, { min, max }: Limits): boolean =>
	(min === undefined || v >= min) && (max === undefined || v <= max);

/** The number meant by `text`, null for an allowed empty field, undefined when it is none. */
export function parseNumber(text: string, limits: Limits = {}): number | null | undefined {
	const plain = text
		.trim()
		.replaceAll('\u2212', '-')
		.replaceAll(/[\s,_]/g, '');
	if (plain === '') return limits.optional ? null : undefined;
	if (!NUMBER.test(plain)) return undefined;
	const value = tidy(Number(plain) / (limits.scale ?? 1));
	if (limits.integer && !Number.isInteger(value)) return undefined;
	return within(value, limits) ? value : undefined;
}

/** The value `by` steps away, kept within the limits. */
export function stepped(value: number | null, by: number, limits: Limits = {}): number {
	const { min = -Infinity, max = Infinity, step = 1, scale = 1 } = limits;
	const from = value ?? (Number.isFinite(min) ? min : 0);
	return Math.min(max, Math.max(min, tidy(from + (by * step) / scale)));
}
