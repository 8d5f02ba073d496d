/** State that lives in the address, so that Back, reload and a copied link keep it. */

/** Of `page.url.searchParams`, which cannot be written to, or any other. */
export type Params = Pick<URLSearchParams, 'get' | 'toString'>;

export const readText = (params: Params, name: string, fallback = ''): string =>
	params.get(name) ?? fallback;

/** One of the allowed words. */
export function readOneOf<T extends string>(
	params: Params,
	name: string,
	allowed: readonly T[],
	fallback: T
): T {
	const text = params.get(name);
	return allowed.find((word) => word === text) ?? fallback;
}

export const readFlag = (params: Params, name: string): boolean => params.get(name) === '1';

export type Change = string | number | boolean | readonly string[] | null | undefined;

/** Fits behind a path inside `resolve()`, whose type knows search parts. */
export type Search = '' | `?${string}`;

/** The search part after some changes ("" or "?a=1"); what is empty, false or null is left out. */
export function withParams(params: Params, changes: Record<string, Change>): Search {
	const next = new URLSearchParams(params.toString());
	for (const [name, change] of Object.entries(changes)) {
		const value = change === true ? '1' : Array.isArray(change) ? change.join(',') : change;
		if (value === null || value === undefined || value === false || value === '') next.delete(name);
		else next.set(name, String(value));
	}
	const text = next.toString();
	return text ? `?${text}` : '';
}
