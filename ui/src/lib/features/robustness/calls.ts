/** What is asked of the engine about a strategy under other assumptions. */
import { api, unwrap, type Stress } from '#lib/api/client.ts';

export const stressOf = async (
	expr_hash: string,
	run: string,
	signal: AbortSignal
): Promise<Stress> => {
	const params = { path: { expr_hash }, query: { run } };
	return unwrap(await api.GET('/api/strategies/{expr_hash}/robustness', { params, signal }));
};

export const makeStress = async (expr_hash: string, run: string): Promise<Stress> =>
	unwrap(
		await api.POST('/api/strategies/{expr_hash}/robustness', {
			params: { path: { expr_hash } },
			body: { run }
		})
	);
