/** Places in a text as the engine counts them (characters) and as the page does (UTF-16 units). */
import type { Check, Diagnostic } from '#lib/api/client.ts';
import { columnText, isPlain, quoted } from './words.ts';

const WIDE = /[\ud800-\udbff][\udc00-\udfff]/;

/** The place in UTF-16 units of the n-th character. */
export function unitsAt(text: string, characters: number): number {
	if (!WIDE.test(text)) return Math.min(characters, text.length);
	return [...text].slice(0, characters).join('').length;
}

export interface Finding {
	from: number;
	to: number;
	severity: Diagnostic['severity'] | 'info';
	message: string;
	/** What to put there instead, as it is to be written. */
	fixes: { label: string; text: string }[];
}

const KINDS: Record<Finding['severity'], string> = {
	error: 'Error',
	warning: 'Warning',
	info: 'Note'
};
export const kindOf = ({ severity }: Finding): string => KINDS[severity];

/** A finding in words. */
export const told = (finding: Finding): string => `${kindOf(finding)}: ${finding.message}`;

/** What a check found, with places and texts ready for use in the page; the worst first. */
export const findings = (check: Check | null, text: string): Finding[] =>
	(check?.diagnostics ?? [])
		.map((d) => findingOf(d, text))
		.sort((a, b) => ORDER.indexOf(a.severity) - ORDER.indexOf(b.severity));

const ORDER = Object.keys(KINDS);

function findingOf(d: Diagnostic, text: string): Finding {
	const from = unitsAt(text, d.start);
	const to = Math.max(from, unitsAt(text, d.end));
	// A name that stands in quotation marks keeps them.
	const quote = /^["']/.exec(text.slice(from, to))?.[0];
	const fixes = d.suggestions.map((label) => ({ label, text: asWritten(label, quote) }));
	return { from, to, severity: d.severity, message: d.message, fixes };
}

function asWritten(name: string, quote: string | undefined): string {
	if (quote) return quoted(name, quote);
	return isPlain(name) ? name : columnText(name);
}
