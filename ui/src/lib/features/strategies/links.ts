/** Addresses of the list and of one strategy, and going there. */
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import { searchOf, type ListQuery } from './list-query.ts';

/** The list, narrowed and ordered as `query` says. */
export const strategiesHref = (query: Partial<ListQuery> = {}): string =>
	resolve('/strategies') + searchOf(query);

/** One strategy: its newest run unless told. */
export const strategyHref = (hash: string, run?: string): string => {
	const href = resolve('/strategies/[hash]', { hash });
	return run ? `${href}?${new URLSearchParams({ run }).toString()}` : href;
};

/** To an address that one of the above gave. */
export const open = (href: string, options?: Parameters<typeof goto>[1]): Promise<void> =>
	// eslint-disable-next-line svelte/no-navigation-without-resolve -- resolved above
	goto(href, options);
