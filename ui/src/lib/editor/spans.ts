/** Places in a text as the engine counts them (characters) and as the page does (UTF-16 units). */
import type { Check, Diagnostic } from '#lib/api/client.ts';

const WIDE = /[\ud800-\udbff][\udc00-\udfff]/;

/** The place in UTF-16 units of the n-th character. */
export function unitsAt(text: string, characters: number): number {
	if (!WIDE.test(text)) return Math.min(characters, text.length);
	return [...text].slice(0, characters).join('').length;
}

export interface Finding {
	from: number;
	to: number;
	severity: Diagnostic['severity'];
	message: string;
	/** What to put there instead, as it is to be written. */
	fixes: { label: string; text: string }[];
}

/** What a check found, with places and texts ready for use in the page. */
export const findings = (check: Check | null, text: string): Finding[] =>
	(check?.diagnostics ?? []).map((d) => {
		const from = unitsAt(text, d.start);
		const to = Math.max(from, unitsAt(text, d.end));
		// A name that stands in quotation marks keeps them.
		const quote = /^["']/.exec(text.slice(from, to))?.[0] ?? '';
		return {
			from,
			to,
			severity: d.severity,
			message: d.message,
			fixes: d.suggestions.map((label) => ({ label, text: quote + label + quote }))
		};
	});
