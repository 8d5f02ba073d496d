import { expect, it } from 'vitest';
import type { Run } from '#lib/api/client.ts';
import { caveats, runLabel } from './runs.ts';

it('tells runs apart', () => {
	const run = {
		created_at: '2026-11-22T15:18:24',
		dataset: 'omx',
		metrics: { ann_sharpe: -0.404 }
	};
	const [one, other] = [run, { ...run, dataset: 'ecb' }] as Run[];
	expect([runLabel(one, [one]), runLabel(one, [one, other])]).toEqual([
		'Sharpe −0.40, 2026-11-22 15:18',
		'Sharpe −0.40, omx, 2026-11-22 15:18'
	]);
});

it('warns of what the numbers hide', () => {
	const [well, nothing] = [{ ann_sharpe: 1 }, { ann_sharpe: null }] as Run['metrics'][];
	expect([
		caveats({ ruined: false, tradable: true, metrics: well }).length,
		caveats({ ruined: false, tradable: true, metrics: nothing }).length,
		caveats({ ruined: true, tradable: false, metrics: well }).length
	]).toEqual([0, 1, 2]);
});
