/** What is asked of the engine about a signal. */
import { api, unwrap, type FactorSheet } from '#lib/api/client.ts';

export const factorOf = async (
	expr_hash: string,
	query: { run: string; category?: string },
	signal: AbortSignal
): Promise<FactorSheet> => {
	const params = { path: { expr_hash }, query };
	return unwrap(await api.GET('/api/strategies/{expr_hash}/factor', { params, signal }));
};

/** The columns by which the names of a data set are grouped. */
export const categoriesOf = async (name: string, signal: AbortSignal): Promise<string[]> => {
	const params = { path: { name } };
	return unwrap(await api.GET('/api/datasets/{name}', { params, signal })).dataset.categories;
};
