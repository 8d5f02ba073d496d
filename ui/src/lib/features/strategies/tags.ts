/** Tags of a strategy, with the limits the engine sets. */
export const MOST_TAGS = 20;
export const LONGEST_TAG = 40;

/** The tags with what was typed added, one or several between commas; the same if it adds nothing. */
export function withTags(tags: readonly string[], typed: string): string[] {
	const out = [...tags];
	for (const part of typed.split(',')) {
		const tag = part.trim().replace(/\s+/g, ' ').slice(0, LONGEST_TAG);
		const known = out.some((t) => t.toLowerCase() === tag.toLowerCase());
		if (tag && !known && out.length < MOST_TAGS) out.push(tag);
	}
	return out;
}
