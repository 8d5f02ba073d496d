/** Expressions to begin with, made of the columns there are. */
import type { FeatureInfo } from '#lib/api/client.ts';
import { columnText, isCategory, priceOf } from '#lib/editor/words.ts';

export interface Example {
	title: string;
	/** One sentence: what it bets on. */
	text: string;
	expr: string;
}

/** Four, or none where no column can be read. */
export function examples(all: readonly FeatureInfo[]): Example[] {
	const usable = all.filter((c) => c.usable);
	const columns = usable.filter((c) => !isCategory(c));
	const price = priceOf(columns);
	if (!price) return [];
	const p = columnText(price.name);
	const group = usable.find(isCategory);
	const volume = columns.find((c) => /^(volume|vol|v_)/i.test(c.name));
	return [
		{
			title: 'Momentum',
			text: 'What rose over a year, without its last month, rises on.',
			expr: `cs_rank(lag(${p}, 21) / lag(${p}, 252)) - 0.5`
		},
		reversal(p, group),
		{
			title: 'Low risk',
			text: 'Calm symbols against restless ones, in two named steps.',
			expr: `r = ${p} / lag(${p}, 1) - 1;\n-cs_zscore(ts_std(r, 60))`
		},
		volume ? attention(p, columnText(volume.name)) : trend(p)
	];
}

const reversal = (p: string, group?: FeatureInfo): Example =>
	group
		? {
				title: `Reversal within ${group.name}`,
				text: 'Last week’s losers of each group against its winners.',
				expr: `group_zscore(-ts_return(${p}, 5), ${columnText(group.name)})`
			}
		: {
				title: 'Reversal',
				text: 'Last week’s losers against its winners.',
				expr: `cs_zscore(-ts_return(${p}, 5))`
			};

const attention = (p: string, volume: string): Example => ({
	title: 'Volume without price',
	text: 'Symbols whose volume moves against their price.',
	expr: `-cs_rank(ts_corr(${p}, ${volume}, 20)) + 0.5`
});

const trend = (p: string): Example => ({
	title: 'Trend',
	text: 'Held only above the average of 200 dates.',
	expr: `${p} > ts_mean(${p}, 200) ? ts_return(${p}, 20) : 0`
});
