import { DASH, MINUS, type Maybe } from '#lib/utils/format.ts';

/** Five digits that count, whatever the size: columns hold anything from 1e-6 to 1e12. */
export function compact(value: Maybe): string {
	if (value === null || value === undefined || !Number.isFinite(value)) return DASH;
	const size = Math.abs(value);
	const text =
		value !== 0 && (size < 1e-4 || size >= 1e9)
			? value.toExponential(3)
			: new Intl.NumberFormat('en-GB', { maximumSignificantDigits: 5 }).format(value);
	return text.replaceAll('-', MINUS);
}
