/** What kind of thing was typed into the palette. */

const HASH = /^[0-9a-f]{12}$/i;

/** The identity of an expression: twelve hex digits. */
export const isHash = (text: string): boolean => HASH.test(text);

/** A call, an operation on something, or a quoted column: more than the name of a page. */
export const isExpression = (text: string): boolean =>
	/^[\w"'(-]/.test(text) && (/\w\s*\(/.test(text) || /[\w")]\s*[-+*/<>&|]\s*[\w"(]/.test(text));

/** Whether every word typed begins a word of the text, or the text holds it all. */
export function matches(query: string, text: string): boolean {
	const hay = text.toLowerCase();
	const needle = query.toLowerCase();
	if (hay.includes(needle)) return true;
	const words = hay.split(/\W+/);
	return needle.split(/\s+/).every((part) => words.some((word) => word.startsWith(part)));
}
