/** Addresses of the pages of one data set. */
import { resolve } from '$app/paths';
import { rowsSearch, type RowsQuery } from './rows-query.ts';

export const dataHref = (): string => resolve('/data');
export const qualityHref = (name: string): string => resolve('/data/[name]/quality', { name });
export const rowsHref = (name: string, query: Partial<RowsQuery> = {}): string =>
	resolve('/data/[name]/rows', { name }) + rowsSearch(query);
export const columnHref = (dataset: string, column: string): string => {
	const query = new URLSearchParams({ dataset, item: `column:${column}` });
	return `${resolve('/catalog')}?${query.toString()}`;
};
