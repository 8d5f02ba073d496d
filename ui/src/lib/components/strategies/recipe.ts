import type { BookParams } from '#lib/api/client.ts';
import { percent, ratio, count } from '#lib/utils/format.ts';

const day = (n: number) => (n === 1 ? '1 date' : `${count(n)} dates`);

/** The settings of a run, named and written. */
export function recipe(p: BookParams): { name: string; text: string }[] {
	const every = typeof p.rebalance === 'number' ? `every ${day(p.rebalance)}` : p.rebalance;
	return [
		{
			name: 'Dates',
			text: p.start || p.end ? `${p.start ?? 'first'} to ${p.end ?? 'last'}` : 'all'
		},
		{ name: 'Sizing', text: p.sizing },
		{ name: 'Largest position', text: percent(p.cap, 1) },
		{ name: 'Largest leverage', text: ratio(p.max_lev, 2) },
		{ name: 'Execution lag', text: day(p.execution_lag) },
		{ name: 'Rebalance', text: every },
		{ name: 'Smoothing', text: p.smooth_ema === null ? 'none' : ratio(p.smooth_ema, 2) },
		{ name: 'Neutral to', text: p.neutralize ?? 'nothing' },
		{ name: 'Cost', text: `${ratio(p.cost_bps, 1)} bps` },
		{ name: 'Borrowing', text: `${ratio(p.borrow_bps, 0)} bps a year` },
		{ name: 'Stale after', text: day(p.max_stale) },
		{ name: 'Return at delisting', text: percent(p.delisting_return, 0) }
	];
}
