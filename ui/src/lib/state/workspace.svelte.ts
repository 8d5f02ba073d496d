import { api, asError, unwrap, type Dataset, type Health } from '#lib/api/client.ts';
import { catalog } from './catalog.svelte.ts';
import { settings } from './settings.svelte.ts';

/** The engine and its data sets, as the whole page sees them. */
class Workspace {
	health = $state.raw<Health | null>(null);
	datasets = $state.raw<Dataset[]>([]);
	/** Whether the data sets have been asked for: before that, none is no news. */
	ready = $state(false);
	error = $state.raw<Error | null>(null);
	dataset = $derived(this.datasets.find((d) => d.chosen) ?? null);

	/** Ask again for everything. */
	async reload(): Promise<void> {
		try {
			await Promise.all([this.#loadDatasets(), this.loadHealth()]);
			this.error = null;
		} catch (thrown) {
			this.error = asError(thrown);
		}
	}

	async loadHealth(): Promise<void> {
		this.health = unwrap(await api.GET('/api/health'));
	}

	/** Work with another data set from now on. */
	async choose(name: string): Promise<void> {
		await settings.save({ dataset: name });
		catalog.forget();
		await this.reload();
	}

	async #loadDatasets(): Promise<void> {
		this.datasets = unwrap(await api.GET('/api/datasets')).items;
		this.ready = true;
	}
}

export const workspace = new Workspace();
