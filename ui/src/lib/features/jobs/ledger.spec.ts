import { describe, expect, it } from 'vitest';
import type { ResultEvent } from '#lib/api/client.ts';
import { between, kindOf, Ledger, sharpeBins } from './ledger.ts';

let seq = 0;
const result = (sharpe: number | null, error: string | null = null, hash?: string): ResultEvent =>
	({ seq: ++seq, expr_hash: hash ?? `h${seq}`, sharpe, error, expr: 'x' }) as ResultEvent;
const sharpes = (rows: readonly ResultEvent[]) => rows.map((r) => r.sharpe);

describe('Ledger', () => {
	it('keeps the best first, however they come', () => {
		const ledger = new Ledger();
		ledger.add([result(1), result(null), result(3)]);
		ledger.add([result(2), result(-1), result(3.5)]);
		expect(sharpes(ledger.best)).toEqual([3.5, 3, 2, 1, -1, null]);
		expect(sharpes(ledger.arrived)).toEqual([1, null, 3, 2, -1, 3.5]);
	});
	it('sorts as a sort of all at once would', () => {
		const ledger = new Ledger();
		const all = Array.from({ length: 200 }, (_, i) => result(((i * 37) % 23) / 10));
		for (let i = 0; i < all.length; i += 7) ledger.add(all.slice(i, i + 7));
		const sorted = [...all].sort((a, b) => b.sharpe! - a.sharpe! || a.seq - b.seq);
		expect(ledger.best).toEqual(sorted);
	});
	it('counts a candidate once', () => {
		const ledger = new Ledger();
		ledger.add([result(1, null, 'a'), result(1, null, 'a')]);
		ledger.add([result(1, null, 'a')]);
		expect(ledger.best.length).toBe(1);
	});
	it('groups failures by what they have in common, the most frequent first', () => {
		const ledger = new Ledger();
		ledger.add([
			result(null, 'The window 34 is longer than 20 dates.'),
			result(null, "There is no feature 'a'."),
			result(null, "There is no feature 'b'.")
		]);
		expect(ledger.failures.map(({ kind, count }) => [kind, count])).toEqual([
			['There is no feature ….', 2],
			['The window # is longer than # dates.', 1]
		]);
		expect(ledger.failures[0].example.error).toBe("There is no feature 'a'.");
		expect([ledger.failed, ledger.best.length]).toEqual([3, 0]);
	});
});

describe('kindOf', () => {
	it('leaves words with digits alone', () => {
		expect(kindOf('ts_mean2 takes 1.5e-3, 1,200 or -7')).toBe('ts_mean2 takes #, # or #');
	});
});

describe('sharpeBins', () => {
	const sorted = (...values: (number | null)[]) => {
		const ledger = new Ledger();
		ledger.add(values.map((v) => result(v)));
		return ledger.best;
	};
	it('has no bins without values', () => {
		expect(sharpeBins(sorted(null))).toEqual({ edges: [], counts: [], median: null });
	});
	it('puts every value in its bin, zero being an edge', () => {
		const bins = sharpeBins(sorted(-0.12, -0.01, 0, 0.04, 0.11, null), 10);
		expect(bins.edges).toEqual([-0.15, -0.1, -0.05, 0, 0.05, 0.1, 0.15]);
		expect(bins.counts).toEqual([1, 0, 1, 2, 0, 1]);
		expect(bins.median).toBe(0);
	});
	it('widens the bins with the range', () => {
		const bins = sharpeBins(sorted(-9, 9, 1000));
		expect(bins.counts.reduce((a, b) => a + b, 0)).toBe(3);
		expect(bins.counts.length).toBeLessThanOrEqual(42);
	});
	it('takes the mean of the two in the middle', () => {
		expect(sharpeBins(sorted(1, 2, 3, 5)).median).toBe(2.5);
	});
});

describe('between', () => {
	it('takes the lower edge and not the upper', () => {
		const rows = [result(2), result(1.5), result(1), result(null)];
		expect(sharpes(between(rows, 1, 2))).toEqual([1.5, 1]);
	});
});
