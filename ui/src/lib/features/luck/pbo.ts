/** The probability of backtest overfitting, in words and as points. */
import { chance } from '#lib/features/strategies/deflated.ts';
import { count, percent, plural, ratio2 } from '#lib/utils/format.ts';
import { winnerOf, type PboResult } from './wire.ts';
import { spoken } from './words.ts';

/** "8% (0% to 24%)": never one number alone. */
export const bandText = ({ pbo, low, high }: PboResult): string =>
	low === null || high === null
		? `${chance(pbo)} (range not known)`
		: `${chance(pbo)} (${percent(low, 0)} to ${percent(high, 0)})`;

/** What it means for the search. */
export function pboSays(p: PboResult): string {
	if (p.pbo === null) return 'No half of the dates has a winner, so there is nothing to say.';
	const often = `Of ${plural(p.splits, 'way')} to halve the dates, in ${spoken(p.pbo)} the best of the ${count(p.strategies)} candidates in one half was below the middle of them in the other.`;
	return p.high !== null && p.low !== null && p.low < 0.5 && p.high > 0.5
		? `${often} The range spans 50%, where choosing the best is no better than drawing lots.`
		: `${often} At 50% choosing the best would be no better than drawing lots.`;
}

/** The rest of what the splits tell, in sentences. */
export function pboMore(p: PboResult): string[] {
	return [
		...(p.prob_oos_loss === null
			? []
			: [`In ${spoken(p.prob_oos_loss)} of them the winner lost money in the other half.`]),
		...(p.slope === null
			? []
			: [
					`For each 1.00 of Sharpe ratio more in one half, a winner had ${ratio2(p.slope)} more in the other; with real skill it would be near 1.`
				])
	];
}

export interface Scatter {
	points: (readonly [x: number, y: number])[];
	x: [number, number];
	y: [number, number];
	/** The fitted line at both ends of the x axis; null without one. */
	line: [number, number] | null;
}

const mean = (values: number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;

/** The winners, and the ends of axes that hold them and zero. */
export function scatterOf(p: PboResult): Scatter {
	const points = p.points.map(winnerOf);
	const xs = points.map(([x]) => x);
	const ys = points.map(([, y]) => y);
	const axis = (values: number[]): [number, number] => {
		const [lo, hi] = [Math.min(0, ...values), Math.max(0, ...values)];
		const air = (hi - lo || 1) * 0.06;
		return [lo < 0 ? lo - air : lo, hi + air];
	};
	const x = axis(xs);
	// Through the middle of the winners, where least squares goes; the intercept is not annual.
	const { slope } = p;
	const at = (v: number) => mean(ys) + (slope ?? 0) * (v - mean(xs));
	const line: Scatter['line'] = slope === null || !xs.length ? null : [at(x[0]), at(x[1])];
	return { points, x, y: axis(ys), line };
}

/** What the picture shows, for who cannot see it. */
export function scatterText({ points }: Scatter): string {
	const xs = points.map(([x]) => x);
	const ys = points.map(([, y]) => y);
	const span = (v: number[]) => `${ratio2(Math.min(...v))} to ${ratio2(Math.max(...v))}`;
	const lost = ys.filter((y) => y <= 0).length;
	return `${plural(points.length, 'winner')}: Sharpe ratio from ${span(xs)} in the half each was chosen in, from ${span(ys)} in the other half, there ${count(lost)} at zero or below.`;
}
