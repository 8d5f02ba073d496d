/** The complexity of an expression taken apart. */
import type { Complexity } from '#lib/api/client.ts';

interface Part {
	key: Exclude<keyof Complexity, 'score'>;
	name: string;
	/** What is counted. */
	help: string;
	/** What a count of it adds to the score. */
	points: (count: number) => number;
}

const each =
	(weight: number) =>
	(count: number): number =>
		weight * count;

/** As engine/dsl/complexity.py weighs them; complexity.spec.ts compares. */
export const PARTS: readonly Part[] = [
	{ key: 'nodes', name: 'Nodes', help: 'Operators, columns and numbers', points: each(0.25) },
	{ key: 'depth', name: 'Depth', help: 'Operators inside one another', points: each(0.5) },
	{ key: 'functions', name: 'Operators', help: 'Different operators', points: each(0.25) },
	{
		key: 'nonlinear',
		name: 'Nonlinear',
		help: 'Operators that bend: ranks, logarithms, clips',
		points: each(0.25)
	},
	{
		key: 'cross_sectional',
		name: 'Across symbols',
		help: 'Operators that compare symbols on one date',
		points: each(0.5)
	},
	{
		key: 'window_max',
		name: 'Longest window',
		help: 'Dates that the longest one looks back',
		points: each(0.5 / 252)
	},
	{
		key: 'window_sum',
		name: 'Windows in all',
		help: 'Dates that windows look back, added up',
		points: (days) => 0.25 * Math.log2(1 + days)
	},
	{
		key: 'constants',
		name: 'Constants',
		help: 'Numbers that could be fitted',
		points: each(0.5)
	},
	{ key: 'branches', name: 'Branches', help: 'Choices by a condition', points: each(1) },
	{ key: 'op_cost', name: 'Work', help: 'Operators, each at its own cost', points: each(1) }
];

/** Above it few expressions can still be explained; searches leave them out. */
export const LIMIT = 25;
