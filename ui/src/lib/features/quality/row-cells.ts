/** How a value of a row is written. */
import { count, full, significant } from '#lib/utils/format.ts';
import type { Value } from './types.ts';

export interface Written {
	kind: 'number' | 'text' | 'missing';
	text: string;
	/** Everything there is, on hover. */
	title: string;
}

export function written(value: Value | undefined): Written {
	if (value === null || value === undefined)
		return { kind: 'missing', text: '\u2014', title: 'missing' };
	if (typeof value === 'number') {
		// A volume in full, a price to the cent and beyond: the row is there to be checked.
		const whole = Number.isInteger(value) && Math.abs(value) < 1e12;
		return {
			kind: 'number',
			text: whole ? count(value) : significant(value, 6),
			title: full(value)
		};
	}
	return { kind: 'text', text: value, title: '' };
}

/** The width of a column: of a number, or of its name where that is longer. */
export const trackOf = (name: string): string =>
	`${Math.min(13, Math.max(6.5, name.length * 0.44 + 1.25)).toFixed(2)}rem`;

/** The names with some letters in common with what is typed: the best first, at most `most`. */
export function matching(names: readonly string[], typed: string, most: number): string[] {
	const wanted = typed.trim().toLowerCase();
	if (!wanted) return names.slice(0, most);
	const [first, then]: [string[], string[]] = [[], []];
	for (const name of names) {
		const at = name.toLowerCase().indexOf(wanted);
		if (at === 0) first.push(name);
		else if (at > 0) then.push(name);
		if (first.length >= most) break;
	}
	return [...first, ...then].slice(0, most);
}
