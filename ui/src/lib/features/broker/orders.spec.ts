import { describe, expect, it } from 'vitest';
import {
	BLANK,
	fieldOf,
	matching,
	orderOf,
	problems,
	quantityText,
	symbolsOf,
	toRequest,
	worthwhile
} from './orders.ts';

describe('problems', () => {
	it('asks for what is missing', () => {
		expect(Object.keys(problems(BLANK))).toEqual(['symbol', 'quantity']);
		expect(Object.keys(problems({ ...BLANK, order_type: 'limit' }))).toContain('limit_price');
	});
	it('finds nothing wrong in a full ticket', () => {
		const ticket = { symbol: 'A', quantity: 1, order_type: 'limit' as const, limit_price: 2 };
		expect(problems(ticket)).toEqual({});
	});
});

describe('toRequest', () => {
	it('gives a market order no price, whatever is left in the field', () => {
		const ticket = { symbol: ' A ', quantity: 3, order_type: 'market' as const, limit_price: 2 };
		expect(toRequest(ticket, 'sell')).toEqual({
			symbol: 'A',
			side: 'sell',
			quantity: 3,
			order_type: 'market',
			limit_price: null
		});
	});
});

describe('fieldOf', () => {
	it('knows the words of the broker', () => {
		expect(fieldOf("There is no symbol 'X'.")).toBe('symbol');
		expect(fieldOf('The limit price of a limit order is None.')).toBe('limit_price');
		expect(fieldOf('The quantity of the order is 0.')).toBe('quantity');
		expect(fieldOf('The engine does not answer.')).toBeNull();
	});
});

describe('worthwhile', () => {
	const trade = (symbol: string, trade: number, price = 10) => ({
		symbol,
		trade,
		price,
		weight: 0,
		target_quantity: 0,
		quantity: 0
	});
	it('sells first, the largest first, and leaves out what is rounding', () => {
		const items = [trade('a', 5), trade('b', -1), trade('c', 9), trade('d', -4), trade('e', 1e-3)];
		const names = worthwhile({ items }, 1000).map(({ symbol }) => symbol);
		expect(names).toEqual(['d', 'b', 'c', 'a']);
	});
	it('becomes orders of positive quantities', () => {
		expect(orderOf(trade('a', -2.5))).toMatchObject({ side: 'sell', quantity: 2.5 });
		expect(orderOf(trade('a', 2))).toMatchObject({ side: 'buy', quantity: 2 });
	});
});

describe('symbols', () => {
	it('are those heard of, once', () => {
		const account = { items: [{ symbol: 'USD' }] } as never;
		expect(symbolsOf(account, [{ symbol: 'AUD' }, { symbol: 'USD' }], [])).toEqual(['AUD', 'USD']);
	});
	it('are completed, beginnings first', () => {
		expect(matching(['AUD', 'USD', 'DKK', 'SUD'], 'ud')).toEqual(['AUD', 'SUD']);
		expect(matching(['AUS', 'USD', 'SEK'], 'us')).toEqual(['USD', 'AUS']);
		expect(matching(['A', 'B', 'C'], '', 2)).toEqual(['A', 'B']);
	});
});

describe('quantityText', () => {
	it('has as many digits as it takes', () => {
		const digits = [5, 1234.567, 3.25, 50.5, 2 / 3].map((v) => quantityText(v).digits);
		expect(digits).toEqual([0, 1, 2, 1, 5]);
	});
});
