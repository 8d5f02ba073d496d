import { redirect } from '@sveltejs/kit';
import { resolve } from '$app/paths';
import type { PageLoad } from './$types';

/** A data set by itself: what is known of its quality. */
export const load: PageLoad = ({ params }) =>
	redirect(307, resolve('/data/[name]/quality', { name: params.name }));
