/** What a comparison says, in plain sentences. */
import type { BlendCurve, Comparison, Marginal, Netted } from '#lib/api/client.ts';
import { percent, ratio2 } from '#lib/utils/format.ts';

export type Method = BlendCurve['method'];

export const METHODS: Record<Method, { label: string; help: string }> = {
	equal: { label: 'Equal', help: 'The same weight for every strategy.' },
	inverse_vol: {
		label: 'Inverse volatility',
		help: 'Weights proportional to 1 / volatility: what moves more gets less.'
	},
	min_variance: {
		label: 'Minimum variance',
		help: 'The weights, none below 0, with the least variance together; the covariance is shrunk towards a simple one (Ledoit and Wolf, 2004), since it is itself only estimated.'
	},
	given: { label: 'Own weights', help: 'The weights set by the sliders.' }
};

export interface Judgement {
	word: string;
	tone: 'ok' | 'warn' | 'plain';
}

const SURE = 2;
const MAYBE = 1;
const ALIKE = 0.8;

/** What one strategy adds to the others, in a few words. */
export function adds({ residual_sharpe, residual_t, r2 }: Marginal): Judgement {
	if (residual_sharpe === null || residual_t === null)
		return { word: 'Cannot be told', tone: 'plain' };
	if (residual_t >= SURE) return { word: 'Adds something of its own', tone: 'ok' };
	if (r2 !== null && r2 >= ALIKE) return { word: 'Mostly the others once more', tone: 'warn' };
	if (residual_t >= MAYBE) return { word: 'May add something', tone: 'plain' };
	return residual_sharpe > 0
		? { word: 'Adds little, if anything', tone: 'plain' }
		: { word: 'Adds nothing', tone: 'warn' };
}

/** The most and the least alike, in a sentence; "" for fewer than two. */
export function alike(correlation: Comparison['correlation'], labels: readonly string[]): string {
	let most: [number, number, number] | null = null;
	let sum = 0;
	let pairs = 0;
	correlation.forEach((row, i) =>
		row.slice(0, i).forEach((c, k) => {
			if (c === null) return;
			sum += c;
			pairs++;
			if (!most || c > most[0]) most = [c, k, i];
		})
	);
	if (!most) return '';
	const [c, a, b] = most as [number, number, number];
	const pair = `${labels[a]} and ${labels[b]}`;
	if (pairs === 1) return `The correlation of ${pair} is ${ratio2(c)}.`;
	return `On average two of them correlate at ${ratio2(sum / pairs)}; the most alike are ${pair} at ${ratio2(c)}.`;
}

/** At most 34 % of a colour, so that the number keeps its contrast. */
export const tint = (c: number | null): string | undefined =>
	c === null || Math.abs(c) < 0.005
		? undefined
		: `color-mix(in oklab, var(${c > 0 ? '--s5' : '--s4'}) ${(Math.min(1, Math.abs(c)) * 34).toFixed(0)}%, var(--surface))`;

/** The blend against the best of its parts. */
export function blendText(
	blend: BlendCurve,
	best: { label: string; sharpe: number | null }
): string {
	const own = blend.metrics.ann_sharpe;
	if (own === null || best.sharpe === null) return '';
	const gain = own - best.sharpe;
	const fitted = blend.method === 'inverse_vol' || blend.method === 'min_variance';
	const hindsight = fitted ? ' Its weights were chosen with these same dates in view.' : '';
	const than = `the best of them alone (${best.label}, ${ratio2(best.sharpe)})`;
	if (Math.abs(gain) < 0.005)
		return `Together their Sharpe ratio is ${ratio2(own)}, as high as ${than}.`;
	return `Together their Sharpe ratio is ${ratio2(own)}, ${gain > 0 ? 'higher' : 'lower'} than ${than}.${hindsight}`;
}

/** What trading all as one book saves. */
export function nettingText({
	cost_separate: apart,
	cost_netted: together
}: Pick<Netted, 'cost_separate' | 'cost_netted'>): string {
	if (!(apart > 0)) return 'There are no costs to save.';
	const saved = 1 - together / apart;
	if (Math.abs(saved) < 0.005)
		return 'Their trades hardly ever cancel: one account for all costs what separate accounts do.';
	return saved > 0
		? `Trades that cancel need not be made: one account for all pays ${percent(saved, 0)} less than separate accounts.`
		: `One account for all pays ${percent(-saved, 0)} more than separate accounts, since it is brought back to its weights.`;
}
