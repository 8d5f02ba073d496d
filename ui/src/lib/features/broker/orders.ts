/** The order ticket, and trades as orders. */
import type { Account, Order, OrderRequest, Rebalance, Trade } from '#lib/api/client.ts';

export interface Ticket {
	symbol: string;
	quantity: number | null;
	order_type: 'market' | 'limit';
	limit_price: number | null;
}
export const BLANK: Ticket = {
	symbol: '',
	quantity: null,
	order_type: 'market',
	limit_price: null
};
export type TicketProblems = Partial<Record<keyof Ticket, string>>;

/** What the broker would refuse, by field. */
export function problems(ticket: Ticket): TicketProblems {
	const found: TicketProblems = {};
	if (!ticket.symbol.trim()) found.symbol = 'Enter a symbol.';
	if (!ticket.quantity || ticket.quantity <= 0) found.quantity = 'Enter a number above 0.';
	if (ticket.order_type === 'limit' && !(ticket.limit_price && ticket.limit_price > 0))
		found.limit_price = 'Enter a price above 0.';
	return found;
}

export const toRequest = (ticket: Ticket, side: Order['side']): OrderRequest => ({
	symbol: ticket.symbol.trim(),
	side,
	quantity: ticket.quantity ?? 0,
	order_type: ticket.order_type,
	limit_price: ticket.order_type === 'limit' ? ticket.limit_price : null
});

/** The field a refusal of the broker is about. */
export function fieldOf(message: string): keyof Ticket | null {
	if (/\bsymbol\b/.test(message)) return 'symbol';
	if (/\bquantity\b/.test(message)) return 'quantity';
	return /\blimit price\b/.test(message) ? 'limit_price' : null;
}

/** Below this share of the equity a trade is rounding, not a wish. */
export const DUST = 1e-4;

/** Trades worth placing, sells before the buys they pay for, the largest first. */
export function worthwhile({ items }: Pick<Rebalance, 'items'>, equity: number): Trade[] {
	const value = (t: Trade) => Math.abs(t.trade * t.price);
	return items
		.filter((t) => value(t) > DUST * Math.abs(equity))
		.sort((a, b) => Math.sign(a.trade) - Math.sign(b.trade) || value(b) - value(a));
}

export const orderOf = ({ symbol, trade }: Pick<Trade, 'symbol' | 'trade'>): OrderRequest => ({
	symbol,
	side: trade > 0 ? 'buy' : 'sell',
	quantity: Math.abs(trade),
	order_type: 'market',
	limit_price: null
});

/** Every symbol the page has heard of, in order. */
export function symbolsOf(
	account: Pick<Account, 'items'> | null,
	orders: readonly Pick<Order, 'symbol'>[],
	trades: readonly Pick<Trade, 'symbol'>[]
): string[] {
	const all = [...(account?.items ?? []), ...orders, ...trades];
	return [...new Set(all.map(({ symbol }) => symbol))].sort();
}

/** At most `most` symbols that fit what was typed: those that begin with it first. */
export function matching(symbols: readonly string[], typed: string, most = 8): string[] {
	const query = typed.trim().toLowerCase();
	const place = (s: string) => s.toLowerCase().indexOf(query);
	return symbols
		.filter((s) => place(s) >= 0)
		.sort((a, b) => Number(place(a) > 0) - Number(place(b) > 0) || a.localeCompare(b))
		.slice(0, most);
}

/** A quantity with as many digits as it takes, and no more than tell anything. */
export function quantityText(v: number): { digits: number } {
	const most = Math.abs(v) >= 1000 ? 1 : Math.abs(v) >= 1 ? 3 : 5;
	for (let digits = 0; digits < most; digits++)
		if (Math.abs(v - +v.toFixed(digits)) < 1e-9) return { digits };
	return { digits: most };
}
