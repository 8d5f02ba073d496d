import type { FeatureInfo } from '#lib/api/client.ts';
import { columnText, isCategory } from '#lib/editor/words.ts';

/** An expression that shows what a column is good for; null where it is good for nothing. */
export function tryColumn(column: FeatureInfo, all: readonly FeatureInfo[]): string | null {
	if (!column.usable) return null;
	if (!isCategory(column)) return `cs_zscore(ts_zscore(${columnText(column.name)}, 60))`;
	const other = all.find((c) => c.usable && !isCategory(c));
	return other
		? `group_zscore(-ts_return(${columnText(other.name)}, 5), ${columnText(column.name)})`
		: null;
}
