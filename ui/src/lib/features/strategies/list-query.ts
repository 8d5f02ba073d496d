/** What the list of strategies shows, as its address says it. */
import { isMetric } from '#lib/utils/metrics.ts';
import { readText, withParams } from '#lib/utils/search-params.ts';

export interface ListQuery {
	q: string;
	filter: string;
	order: string;
	/** "" for all. */
	dataset: string;
	/** Only what one job found; "" for all. */
	job: string;
}

export const BEST_FIRST = '-ann_sharpe';

const OTHERS = new Set(['complexity_score', 'created_at', 'deflated_sharpe']);

/** An order without the names the server does not order by. */
export const orderly = (order: string): string =>
	order
		.split(',')
		.map((term) => term.trim())
		.filter((term) => {
			const name = term.replace(/^-/, '');
			return isMetric(name) || OTHERS.has(name);
		})
		.join(',') || BEST_FIRST;

export const readQuery = (params: URLSearchParams): ListQuery => ({
	q: readText(params, 'q').trim(),
	filter: readText(params, 'filter').trim(),
	order: orderly(readText(params, 'order', BEST_FIRST)),
	dataset: readText(params, 'dataset'),
	job: readText(params, 'job')
});

/** The search part of the address: "" for the list as it is found at first. */
export const searchOf = (query: Partial<ListQuery>): string =>
	withParams(new URLSearchParams(), {
		q: query.q?.trim(),
		filter: query.filter?.trim(),
		order: query.order === BEST_FIRST ? '' : query.order,
		dataset: query.dataset,
		job: query.job
	});

/** As the server takes it: what is empty is not asked for. */
export const asked = ({ q, filter, order, dataset, job }: ListQuery) => ({
	order,
	q: q || undefined,
	filter: filter || undefined,
	dataset: dataset || undefined,
	job: job || undefined
});

export const isNarrowed = ({ q, filter, dataset, job }: ListQuery): boolean =>
	Boolean(q || filter || dataset || job);
