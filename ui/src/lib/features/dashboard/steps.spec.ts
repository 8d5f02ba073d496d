import { expect, it } from 'vitest';
import { outside, stepsDone, type Seen } from './steps.ts';

const empty: Seen = {
	datasets: 1,
	trained: 0,
	processed: 0,
	trials: 0,
	found: 0,
	saved: 0,
	byHand: false
};

it('tells the steps from what is there', () =>
	expect([
		stepsDone({ ...empty, datasets: 0 }),
		stepsDone(empty),
		stepsDone({ ...empty, trained: 1, processed: 200, trials: 200, found: 190, saved: 190 }),
		stepsDone({ ...empty, trials: 1 }),
		stepsDone({ ...empty, found: 5, saved: 4, byHand: true }),
		stepsDone({ ...empty, trained: 1, processed: 200, trials: 201, found: 190, saved: 191 })
	]).toEqual([
		[],
		['data'],
		['data', 'training'],
		['data', 'backtest'],
		['data', 'backtest', 'saved'],
		['data', 'training', 'backtest', 'saved']
	]));

it('tells what was saved while no training ran', () => {
	const jobs = [
		{ started_at: '2026-01-01T10:00:00.000Z', finished_at: '2026-01-01T11:00:00.000Z' },
		{ started_at: '2026-01-01T12:00:00.000Z', finished_at: null },
		{ started_at: null, finished_at: null }
	];
	expect(
		['09:59', '10:30', '11:30', '12:01'].map((at) => outside(`2026-01-01T${at}:00.000Z`, jobs))
	).toEqual([true, false, true, false]);
});
