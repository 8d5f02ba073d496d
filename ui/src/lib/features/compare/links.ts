/** The address of a comparison. */
import { resolve } from '$app/paths';
import { withParams } from '#lib/utils/search-params.ts';

export const compareHref = (names: readonly string[]): string =>
	resolve('/compare') + withParams(new URLSearchParams(), { h: names });
