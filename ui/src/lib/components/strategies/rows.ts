import { api, unwrap, type StrategySummary } from '#lib/api/client.ts';
import { BlockRows } from '#lib/state/block-rows.svelte.ts';

export interface StrategyQuery {
	order: string;
	q?: string;
	filter?: string;
	dataset?: string;
	job?: string;
}

/** The saved runs that answer `query`, fetched as they come into view.
 *
 * `query` is read at every fetch: call `reset()` when what it gives has changed. */
export const strategyRows = (query: () => StrategyQuery): BlockRows<StrategySummary> =>
	new BlockRows(async (offset, limit, signal) =>
		unwrap(
			await api.GET('/api/strategies', {
				params: { query: { ...query(), offset, limit } },
				signal
			})
		)
	);
