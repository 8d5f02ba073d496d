/** The results of a job, kept in order while they stream in. */
import type { Histogram, ResultEvent } from '#lib/api/client.ts';

export interface Failure {
	/** The sentence with what differs from case to case taken out. */
	kind: string;
	count: number;
	/** The first case in full. */
	example: ResultEvent;
}

const value = ({ sharpe }: ResultEvent): number => sharpe ?? -Infinity;

/** Best first; equal ones in the order they came; without a Sharpe ratio last. */
const better = (a: ResultEvent, b: ResultEvent): number => {
	const [x, y] = [value(a), value(b)];
	return x === y ? a.seq - b.seq : y - x;
};

/** A message without the names and numbers of its case. */
export const kindOf = (message: string): string =>
	message
		.replace(/'[^']*'|"[^"]*"|`[^`]*`/g, '…')
		.replace(/-?\b\d[\d,]*(\.\d+)?(e[+-]?\d+)?\b/gi, '#');

function merged(sorted: ResultEvent[], fresh: ResultEvent[]): ResultEvent[] {
	const out: ResultEvent[] = [];
	let i = 0;
	for (const next of fresh) {
		while (i < sorted.length && better(sorted[i], next) <= 0) out.push(sorted[i++]);
		out.push(next);
	}
	while (i < sorted.length) out.push(sorted[i++]);
	return out;
}

export class Ledger {
	/** Backtested candidates, the best first; another array after each change. */
	best: ResultEvent[] = [];
	/** The same in the order they came; grows in place. */
	arrived: ResultEvent[] = [];
	failures: Failure[] = [];
	failed = 0;
	#seen = new Set<string>();
	#kinds = new Map<string, Failure>();

	add(results: readonly ResultEvent[]): void {
		const fresh: ResultEvent[] = [];
		for (const result of results) {
			// A candidate is reported once; after a crash of the engine it may come again.
			if (this.#seen.has(result.expr_hash)) continue;
			this.#seen.add(result.expr_hash);
			if (result.error === null) fresh.push(result);
			else this.#fail(result, result.error);
		}
		if (!fresh.length) return;
		this.arrived.push(...fresh);
		this.best = merged(this.best, fresh.sort(better));
	}

	#fail(example: ResultEvent, message: string): void {
		this.failed++;
		const kind = kindOf(message);
		const known = this.#kinds.get(kind);
		if (known) known.count++;
		else this.#kinds.set(kind, { kind, count: 1, example });
		this.failures = [...this.#kinds.values()].sort((a, b) => b.count - a.count);
	}
}

const WIDTHS = [0.05, 0.1, 0.2, 0.25, 0.5, 1, 2, 5, 10];
const EMPTY: Histogram = { edges: [], counts: [], median: null };

/** Bins over results sorted best first: round edges, one of them 0. */
export function sharpeBins(best: readonly ResultEvent[], most = 40): Histogram {
	const end = best.findLastIndex(({ sharpe }) => sharpe !== null) + 1;
	if (!end) return EMPTY;
	const [high, low] = [value(best[0]), value(best[end - 1])];
	const span = (width: number) => Math.floor(high / width) - Math.floor(low / width) + 1;
	const width = WIDTHS.find((w) => span(w) <= most) ?? (high - low) / most;
	const first = Math.floor(low / width);
	const counts = Array<number>(span(width)).fill(0);
	for (let i = 0; i < end; i++) counts[Math.floor(value(best[i]) / width) - first]++;
	const edges = Array.from({ length: counts.length + 1 }, (_, i) => tidy((first + i) * width));
	return { edges, counts, median: middle(best, end) };
}

const tidy = (v: number) => +v.toPrecision(10);

function middle(best: readonly ResultEvent[], end: number): number {
	const [a, b] = [value(best[(end - 1) >> 1]), value(best[end >> 1])];
	return (a + b) / 2;
}

/** The part of a list sorted best first whose Sharpe ratio lies from `low` to `high`. */
export const between = (best: readonly ResultEvent[], low: number, high: number): ResultEvent[] =>
	best.filter(({ sharpe }) => sharpe !== null && sharpe >= low && sharpe < high);
