import { api, unwrap } from '#lib/api/client.ts';

/** How each metric is computed, in the engine's own words. */
class Conventions {
	all = $state.raw<Record<string, string>>({});

	async load(): Promise<void> {
		const { items } = unwrap(await api.GET('/api/config/metrics'));
		this.all = Object.fromEntries(items.map(({ name, text }) => [name, text]));
	}

	/** What to show on hover; empty until the engine has told. */
	text(metric: string): string {
		return this.all[metric] ?? '';
	}
}

export const conventions = new Conventions();
