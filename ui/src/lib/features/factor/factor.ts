/** What the numbers about a signal say, in plain words. */
import type { Exposures, FactorSheet } from '#lib/api/client.ts';
import type { Series } from '#lib/components/charts/series.ts';
import { percent, plural, ratio, ratio2, signed } from '#lib/utils/format.ts';

export type Horizon = FactorSheet['factor']['horizons'][number];

/** A t from which on luck alone is a poor explanation, had it been one try. */
const SURE = 2;
const sure = (t: number | null): boolean => t !== null && Math.abs(t) >= SURE;
const dates = (n: number): string => (n === 1 ? 'the next date' : `the next ${n} dates`);

/** Whether the signal orders the returns that follow it. */
export function predicts(horizons: readonly Horizon[]): string {
	const first = horizons.at(0);
	if (!first || first.rank_ic.mean === null)
		return 'Too few dates have ten names with a signal and a later return: nothing can be said.';
	const { mean, t } = first.rank_ic;
	const told = `rank correlation ${ratio(mean, 3)}, t ${ratio(t, 1)}`;
	const over = dates(first.days);
	if (!sure(t))
		return `Over ${over} the signal says little about who does better (${told}): luck alone often gives as much.`;
	const how =
		mean > 0
			? `names with a higher signal do better over ${over}`
			: `names with a higher signal do worse over ${over}: it points the wrong way`;
	return `On average ${how} (${told}); as a single try this would be hard to explain by luck.`;
}

/** Where it says most, when that is not the first horizon. */
export function strongest(horizons: readonly Horizon[]): string | null {
	const size = (h: Horizon) => Math.abs(h.rank_ic.t ?? 0);
	const best = horizons.reduce<Horizon | null>((a, h) => (a && size(a) >= size(h) ? a : h), null);
	if (!best || best === horizons[0] || !sure(best.rank_ic.t)) return null;
	return `It is clearest over ${dates(best.days)} (t ${ratio(best.rank_ic.t, 1)}).`;
}

const FIFTHS = ['Lowest', '2nd', '3rd', '4th', 'Highest'];

/** The names of `n` buckets of the signal. */
export const buckets = (n: number): string[] =>
	n === FIFTHS.length ? FIFTHS : Array.from({ length: n }, (_, i) => String(i + 1));

/** What the highest earns over the lowest, and whether those between stand in line. */
export function spreads({ days, quantiles: q }: Horizon): string {
	if (q.spread === null) return 'Too few names have a signal to be divided into fifths.';
	const more = q.spread < 0 ? 'less' : 'more';
	const size = percent(Math.abs(q.spread), 3);
	const over = days === 1 ? 'a date' : `${days} dates`;
	return `The highest fifth earns ${size} ${more} than the lowest over ${over} (t ${ratio(q.spread_t, 1)}); ${steps(q.monotonicity)}`;
}

function steps(m: number | null): string {
	if (m === null) return 'nothing can be said of those between.';
	if (m >= 0.999) return 'each fifth earns more than the one below.';
	if (m <= -0.999) return 'each fifth earns less than the one below.';
	const way = m > 0.5 ? 'mostly rise' : m < -0.5 ? 'mostly fall' : 'neither rise nor fall steadily';
	return `from fifth to fifth the returns ${way} (${ratio2(m)}).`;
}

/** What is left of the Sharpe ratio without the simple factors. */
export function left(of: Exposures, sharpe: number | null): string {
	const { residual_sharpe: rest } = of;
	if (rest === null || sharpe === null)
		return 'Too few dates to take the market and the other factors out.';
	const out = 'Take away the market, momentum and volatility';
	if (sharpe <= 0)
		return `${out} and its Sharpe ratio is ${ratio2(rest)} instead of ${ratio2(sharpe)}.`;
	if (rest <= 0) return `${out} and nothing of its Sharpe ratio of ${ratio2(sharpe)} is left.`;
	if (rest > sharpe)
		return `${out} and its Sharpe ratio rises from ${ratio2(sharpe)} to ${ratio2(rest)}: they were in its way.`;
	return `${out} and ${ratio2(rest)} of its Sharpe ratio of ${ratio2(sharpe)} is left.`;
}

/** How much of its ups and downs the factors explain, and what they leave a year. */
export function explained({ r2, alpha, alpha_t, n }: Exposures): string {
	if (r2 === null) return '';
	const beyond =
		alpha === null ? '' : ` Beyond them it earns ${signed(alpha)} a year (t ${ratio(alpha_t, 1)}).`;
	return `Together they explain ${percent(r2, 0)} of its daily ups and downs over ${plural(n, 'date')}.${beyond}`;
}

/** How steady the signal is from one date to the next. */
export function steadiness(rank: number | null): string {
	if (rank === null) return 'How steady the signal is cannot be said.';
	const how =
		rank >= 0.95
			? 'the order hardly changes from one date to the next'
			: rank >= 0.7
				? 'the order changes slowly'
				: rank >= 0.3
					? 'the order changes fast, which costs'
					: 'the order of one date says little about that of the next, which costs most';
	return `Rank autocorrelation ${ratio2(rank)}: ${how}.`;
}

/** The cumulative curves of the buckets, from the lowest to the highest. */
export function bucketLines({ cumulative_quantiles: all }: FactorSheet): Series[] {
	const names = buckets(all.length);
	return all.map((values, i) => ({ label: names[i], values: [...values] }));
}
