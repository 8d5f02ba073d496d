/** What is asked of the engine about one day of a run, and about what it held. */
import { api, unwrap, type EquityCurve, type Explained, type Holdings } from '#lib/api/client.ts';
import { MOST } from './days.ts';

const of = (expr_hash: string) => ({ path: { expr_hash } });

export const explainedOf = async (
	hash: string,
	run: string,
	date: string,
	signal: AbortSignal
): Promise<Explained> => {
	const params = { ...of(hash), query: { run, date } };
	return unwrap(await api.GET('/api/strategies/{expr_hash}/explain', { params, signal }));
};

export const curveOf = async (
	hash: string,
	run: string,
	signal: AbortSignal
): Promise<EquityCurve> => {
	const params = { ...of(hash), query: { run, points: MOST } };
	return unwrap(await api.GET('/api/strategies/{expr_hash}/curve', { params, signal }));
};

export const holdingsOf = async (
	hash: string,
	run: string,
	signal: AbortSignal
): Promise<Holdings> => {
	const params = { ...of(hash), query: { run } };
	return unwrap(await api.GET('/api/strategies/{expr_hash}/holdings', { params, signal }));
};
