import { api, ApiError, asError, unwrap } from '#lib/api/client.ts';
import type { Account, Order, OrderRequest, Rebalance } from '#lib/api/client.ts';
import { symbolsOf } from './orders.ts';

const WAIT_MS = 1100;
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** The paper account. */
class Broker {
	/** The data set whose prices count; null: the default one. */
	dataset = $state<string | null>(null);
	account = $state.raw<Account | null>(null);
	orders = $state.raw<Order[]>([]);
	preview = $state.raw<Rebalance | null>(null);
	ready = $state(false);
	error = $state.raw<Error | null>(null);
	symbols = $derived(symbolsOf(this.account, this.orders, this.preview?.items ?? []));

	async load(): Promise<void> {
		try {
			const query = this.dataset ? { dataset: this.dataset } : {};
			const [account, orders] = await Promise.all([
				api.GET('/api/broker/positions', { params: { query } }),
				api.GET('/api/broker/orders')
			]);
			this.account = unwrap(account);
			this.orders = unwrap(orders).items;
			this.ready = true;
			this.error = null;
		} catch (thrown) {
			this.error = asError(thrown);
		}
	}

	/** Work with the prices of another data set. */
	async use(dataset: string | null): Promise<void> {
		this.dataset = dataset;
		this.preview = null;
		await this.load();
	}

	async place(request: OrderRequest): Promise<Order> {
		const body = { ...request, dataset: this.dataset };
		const order = unwrap(await api.POST('/api/broker/orders', { body }));
		await this.load();
		return order;
	}

	/** Place one after the other; stops at the first refusal and throws it. */
	async placeAll(bodies: readonly OrderRequest[], onplaced: (n: number) => void): Promise<void> {
		try {
			for (const [i, body] of bodies.entries()) {
				await this.#patiently(body);
				onplaced(i + 1);
			}
		} finally {
			await this.load();
		}
	}

	async #patiently(request: OrderRequest): Promise<void> {
		const body = { ...request, dataset: this.dataset };
		for (;;) {
			try {
				unwrap(await api.POST('/api/broker/orders', { body }));
				return;
			} catch (thrown) {
				// Too many at once is no refusal.
				if (!(thrown instanceof ApiError) || thrown.status !== 429) throw thrown;
				await pause(WAIT_MS);
			}
		}
	}

	async cancel(order_id: string): Promise<void> {
		const path = { order_id };
		unwrap(await api.DELETE('/api/broker/orders/{order_id}', { params: { path } }));
		await this.load();
	}

	/** The trades that make the account hold what the strategy asks for. */
	async look(hash: string): Promise<Rebalance> {
		const path = { expr_hash: hash };
		const { dataset } = unwrap(await api.GET('/api/strategies/{expr_hash}', { params: { path } }));
		// Its weights are of symbols of the data it was made with.
		if (dataset !== this.account?.dataset) await this.use(dataset);
		this.preview = unwrap(await api.POST('/api/broker/rebalance/preview', { body: { hash } }));
		return this.preview;
	}
}

export const broker = new Broker();
