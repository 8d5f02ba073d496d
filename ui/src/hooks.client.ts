import { ApiError } from '#lib/api/errors.ts';
import { takeToken } from '#lib/api/token.ts';
import { access } from '#lib/state/access.svelte.ts';
import type { HandleClientError } from '@sveltejs/kit/hooks';

// Before the router looks at the address, so that the key never becomes part of a page.
takeToken();
access.check();

// A new key in an open tab changes only the fragment, which loads nothing.
addEventListener('hashchange', () => {
	if (!location.hash.startsWith('#t=')) return;
	takeToken();
	location.reload();
});

export const handleError: HandleClientError = ({ error, kind }) => {
	if (kind !== 'unknown') return;
	console.error(error);
	if (error instanceof ApiError) return { status: error.status || 503, message: error.message };
	return { message: error instanceof Error ? error.message : String(error) };
};
