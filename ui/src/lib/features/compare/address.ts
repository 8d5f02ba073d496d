/** The strategies of a comparison as its address names them: hashes, or `hash@run` for one run. */

/** What the engine takes at most. */
export const MOST = 60;

/** One strategy as the address and the API name it. */
export const nameOf = (hash: string, run?: string): string => (run ? `${hash}@${run}` : hash);

/** A name taken apart. */
export function partsOf(name: string): { hash: string; run?: string } {
	const at = name.indexOf('@');
	return at < 0 ? { hash: name } : { hash: name.slice(0, at), run: name.slice(at + 1) };
}

/** The names of an address, each once, in their order. */
export const namesOf = (text: string): string[] => [
	...new Set(
		text
			.split(',')
			.map((name) => name.trim())
			.filter(Boolean)
	)
];

export const withName = (names: readonly string[], name: string): string[] =>
	names.includes(name) ? [...names] : [...names, name];

export const withoutName = (names: readonly string[], name: string): string[] =>
	names.filter((each) => each !== name);
