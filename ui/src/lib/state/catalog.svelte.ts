import { api, asError, unwrap, type FeatureInfo, type Primitive } from '#lib/api/client.ts';
import { SvelteMap } from 'svelte/reactivity';

/** The words of the language: operators, and the columns of each data set. Asked for once. */
class Catalog {
	#primitives = $state.raw<Primitive[] | null>(null);
	#features = new SvelteMap<string, FeatureInfo[]>();
	#symbols = new Map<string, Promise<readonly string[]>>();
	#asked = new Map<string, Promise<void>>();
	error = $state.raw<Error | null>(null);

	/** The operators; empty until they are here. Reading it asks for them. */
	get primitives(): Primitive[] {
		if (!this.#primitives) void this.#once('operators', () => this.#loadPrimitives());
		return this.#primitives ?? [];
	}

	/** The columns of a data set (without a name: the chosen one); undefined until they are here. */
	features(dataset?: string | null): FeatureInfo[] | undefined {
		const name = dataset ?? '';
		const found = this.#features.get(name);
		if (!found) void this.#once(`columns ${name}`, () => this.#loadFeatures(name));
		return found;
	}

	/** The symbols of a data set; none where they cannot be had. */
	symbols(dataset?: string | null): Promise<readonly string[]> {
		const name = dataset ?? '';
		const known = this.#symbols.get(name);
		if (known) return known;
		const found = this.#loadSymbols(name).catch((): string[] => {
			this.#symbols.delete(name);
			return [];
		});
		this.#symbols.set(name, found);
		return found;
	}

	/** Wait for both; throws what went wrong. */
	async load(dataset?: string | null): Promise<void> {
		const name = dataset ?? '';
		const loads: Promise<void>[] = [];
		if (!this.#primitives) loads.push(this.#once('operators', () => this.#loadPrimitives()));
		if (!this.#features.has(name))
			loads.push(this.#once(`columns ${name}`, () => this.#loadFeatures(name)));
		await Promise.all(loads);
		if (this.error) throw this.error;
	}

	/** The data sets changed, or another one is chosen. */
	forget(): void {
		this.#features.clear();
		this.#symbols.clear();
		this.error = null;
	}

	/** Ask again after an error. */
	async retry(dataset?: string | null): Promise<void> {
		this.error = null;
		await this.load(dataset);
	}

	#once(key: string, load: () => Promise<void>): Promise<void> {
		if (this.error) return Promise.resolve();
		let running = this.#asked.get(key);
		if (!running) {
			running = load()
				.catch((thrown: unknown) => {
					this.error = asError(thrown);
				})
				.finally(() => this.#asked.delete(key));
			this.#asked.set(key, running);
		}
		return running;
	}

	async #loadPrimitives(): Promise<void> {
		this.#primitives = unwrap(await api.GET('/api/config/primitives')).items;
	}

	async #loadFeatures(name: string): Promise<void> {
		const query = name ? { dataset: name } : {};
		const found = unwrap(await api.GET('/api/config/features', { params: { query } }));
		this.#features.set(name, found.items);
	}

	async #loadSymbols(dataset: string): Promise<readonly string[]> {
		const name = dataset || unwrap(await api.GET('/api/config/features')).dataset;
		const path = { name };
		return unwrap(await api.GET('/api/datasets/{name}/symbols', { params: { path } })).items;
	}
}

export const catalog = new Catalog();
