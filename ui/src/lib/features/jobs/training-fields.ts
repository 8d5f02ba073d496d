/** The numbers of a training as fields: how they are called, written and explained. */
import { percent, plural, ratio } from '#lib/utils/format.ts';
import type { Objective, TrainingField, TrainingForm } from './training.ts';

export interface NumberLook {
	name: {
		[K in TrainingField]: TrainingForm[K] extends number | null ? K : never;
	}[TrainingField];
	label: string;
	/** One plain sentence. */
	hint?: string;
	step?: number;
	unit?: string;
	scale?: number;
	integer?: boolean;
	/** Said in an empty field; makes it one that may be empty. */
	empty?: string;
}

const share = { unit: '%', scale: 100, step: 5 };

export const BREEDING_LOOKS: readonly NumberLook[] = [
	{
		name: 'population',
		label: 'Population',
		hint: 'Candidates that compete in a generation; a fifth of n at most.',
		integer: true,
		step: 10
	},
	{
		name: 'generations',
		label: 'Generations',
		hint: 'Empty: until all candidates are tried.',
		integer: true,
		empty: 'as many as fit'
	},
	{
		name: 'tournament',
		label: 'Tournament',
		hint: 'Drawn at random; the fittest becomes a parent. More is stricter.',
		integer: true
	},
	{
		name: 'elite',
		label: 'Elite',
		hint: 'The fittest stay for the next generation; half at most.',
		integer: true
	},
	{
		name: 'crossover',
		label: 'Crossover',
		hint: 'Share of children put together from two parents; the others are mutations of one.',
		...share
	},
	{
		name: 'parsimony',
		label: 'Price of complexity',
		hint: 'Taken from the Sharpe ratio per point of complexity.',
		step: 0.01
	},
	{
		name: 'novelty',
		label: 'Price of likeness',
		hint: 'Taken from the Sharpe ratio times the largest correlation with a better one or a saved strategy.',
		step: 0.1
	}
];

export const TRADING_LOOKS: readonly NumberLook[] = [
	{ name: 'execution_lag', label: 'Execution lag', integer: true, unit: 'dates' },
	{ name: 'cap', label: 'Largest weight (cap)', unit: '%', scale: 100 },
	{ name: 'max_lev', label: 'Largest leverage', step: 0.1 },
	{ name: 'cost_bps', label: 'Cost per trade', unit: 'bps' }
];

export const MORE_LOOKS: readonly NumberLook[] = [
	{ name: 'max_depth', label: 'Deepest nesting', integer: true },
	{ name: 'limit_score', label: 'Complexity limit', empty: 'none' },
	{ name: 'workers', label: 'Workers', integer: true },
	{
		name: 'out_of_sample',
		label: 'Out of sample',
		hint: 'The last dates, kept out of the choice.',
		...share
	},
	{
		name: 'min_coverage',
		label: 'Least coverage',
		hint: 'Cells that need a signal, else it is not backtested.',
		...share
	}
];

export const OBJECTIVES: readonly { value: Objective; label: string; help: string }[] = [
	{ value: 'sharpe', label: 'High Sharpe ratio', help: 'Annual, on the in-sample dates' },
	{ value: 'drawdown', label: 'Small drawdown', help: 'The deepest fall, in sample' },
	{ value: 'turnover', label: 'Little turnover', help: 'Less trading, lower costs' },
	{ value: 'complexity', label: 'Simple', help: 'A low complexity score' },
	{ value: 'novelty', label: 'New', help: 'Unlike better ones and saved strategies' }
];

/** What a closed part of the form holds, in a line. */
export const breedingText = (f: TrainingForm): string =>
	`population ${f.population}, tournaments of ${f.tournament}, ${plural(f.objectives.length, 'objective')}`;
export const tradingText = (f: TrainingForm): string =>
	`lag ${f.execution_lag}, cap ${percent(f.cap, 0)}, leverage ${ratio(f.max_lev, 1)}, ${ratio(f.cost_bps, 1)} bps`;
export const moreText = (f: TrainingForm): string =>
	`depth ${f.max_depth}, complexity ${f.limit_score ?? 'any'}, ${percent(f.out_of_sample, 0)} out of sample, ${plural(f.workers, 'worker')}`;
