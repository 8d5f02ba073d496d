import { expect, it } from 'vitest';
import { stepsDone, type Seen } from './steps.ts';

const empty: Seen = { datasets: 1, trained: 0, backtests: 0, kept: 0 };

it('tells the steps from what is there', () =>
	expect([
		stepsDone({ ...empty, datasets: 0 }),
		stepsDone(empty),
		stepsDone({ ...empty, trained: 1 }),
		stepsDone({ ...empty, backtests: 1 }),
		stepsDone({ ...empty, trained: 1, backtests: 3, kept: 1 })
	]).toEqual([
		[],
		['data'],
		['data', 'training'],
		['data', 'backtest'],
		['data', 'training', 'backtest', 'saved']
	]));
