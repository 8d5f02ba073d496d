/** Saved strategies whose returns go along with one's own. */
import type { Similar, Strategy } from '#lib/api/client.ts';
import { ratio2 } from '#lib/utils/format.ts';

/** As many as can be seen together. */
export const MOST = 60;

/** The one shown before the others, then those chosen, each as the run that was measured. */
export const together = (
	own: Pick<Strategy, 'expr_hash' | 'run_id'>,
	chosen: readonly Similar[]
): string[] =>
	[own, ...chosen.map((c) => c.strategy)].slice(0, MOST).map((r) => `${r.expr_hash}@${r.run_id}`);

/** What the closest of them means. */
export function closest(items: readonly Similar[]): string {
	const top = items.at(0);
	if (!top) return '';
	const told = `The most alike has a correlation of ${ratio2(top.correlation)}`;
	if (top.correlation >= 0.95) return `${told}: holding both is nearly holding one of them twice.`;
	if (top.correlation >= 0.7) return `${told}: held together, they gain and lose mostly together.`;
	if (top.correlation >= 0.3) return `${told}: held together, they smooth each other a little.`;
	return `${told}: none of the saved strategies on these data is like this one.`;
}
