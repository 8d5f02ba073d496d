import { expect, it } from 'vitest';
import { trace } from './best.ts';

const of = (...sharpes: (number | null)[]) => sharpes.map((sharpe) => ({ sharpe }));

it('follows the best so far, skipping what has none', () =>
	expect(trace(of(0.5, null, 0.2, 0.9, NaN))).toEqual({
		x: [1, 2, 3, 4, 5],
		values: [0.5, null, 0.2, 0.9, NaN],
		best: [0.5, 0.5, 0.5, 0.9, 0.9]
	}));
it('thins, but keeps every new best and the last', () => {
	const many = of(...Array.from({ length: 10_000 }, (_, i) => (i === 7003 ? 5 : Math.sin(i))));
	const { x, best } = trace(many, 100);
	const rise = best.indexOf(5);
	expect(x.length).toBeLessThan(140);
	expect([x[rise - 1], x[rise], best[rise - 1], x.at(-1)]).toEqual([
		7003,
		7004,
		best[rise - 1],
		10_000
	]);
	expect(best[rise - 1]).toBeLessThan(1);
});
it('is empty without results', () => expect(trace([])).toEqual({ x: [], values: [], best: [] }));
