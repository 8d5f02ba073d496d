/** The address of the backtest page with something to try: other pages hand over with it. */
import { resolve } from '$app/paths';
import type { BookParamsInput } from '#lib/api/client.ts';
import { changes } from './params.ts';

export interface Handover {
	expr: string;
	dataset?: string | null;
	/** Left out: those set already stay. */
	params?: BookParamsInput;
}

export function backtestHref({ expr, dataset, params }: Handover): string {
	const query = new URLSearchParams({ expr });
	if (dataset) query.set('dataset', dataset);
	if (params) query.set('params', JSON.stringify(changes(params)));
	return `${resolve('/backtest')}?${query.toString()}`;
}

/** What the address hands over; null when nothing. Settings that make no sense are left out. */
export function readHandover(query: Pick<URLSearchParams, 'get'>): Handover | null {
	const expr = query.get('expr');
	if (expr === null) return null;
	const params = query.get('params');
	const handover: Handover = { expr, dataset: query.get('dataset') };
	return params === null ? handover : { ...handover, params: changes(settings(params)) };
}

function settings(text: string): BookParamsInput {
	try {
		const found: unknown = JSON.parse(text);
		return typeof found === 'object' && found !== null ? found : {};
	} catch {
		return {};
	}
}
