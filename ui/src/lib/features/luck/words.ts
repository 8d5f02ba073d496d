/** How much of a Sharpe ratio is luck, in plain words about this strategy. */
import type { Deflated } from '#lib/api/client.ts';
import { chance, verdict, type Verdict } from '#lib/features/strategies/deflated.ts';
import { count, percent, plural, ratio, ratio2 } from '#lib/utils/format.ts';
import type { Interval, Overfitting } from './wire.ts';

export interface Statistic {
	name: string;
	value: number | null;
	text: string;
	/** What it says about this strategy. */
	says: string;
	/** How it is defined. */
	help: string;
}

/** A probability inside a sentence. */
export const spoken = (p: number | null): string =>
	chance(p).replace('< ', 'less than ').replace('> ', 'more than ');

const tries = (n: number) => plural(n, 'try', 'tries');

/** The verdict with its reasons: what luck alone would show, and what this shows. */
export function headline(o: Overfitting, sharpe: number | null): Verdict {
	if (sharpe === null)
		return {
			word: 'Nothing to judge',
			tone: 'plain',
			text: 'It has no Sharpe ratio: it never traded, or its returns are all the same.'
		};
	const { deflated: d, zero_skill_best: kind } = o;
	const base: Verdict = d
		? verdict(d, sharpe)
		: { word: 'Cannot be judged', tone: 'plain', text: 'It is among the first tries on its data.' };
	const best = d?.expected_best ?? null;
	if (sharpe <= 0 || best === null || !d) return base;
	const first = `Of ${tries(d.trials)} on these data, luck alone would show about ${ratio2(best)}; this shows ${ratio2(sharpe)}.`;
	return { ...base, text: [first, mildly(kind, sharpe, best)].filter(Boolean).join(' ') };
}

/** What the milder of the two yardsticks adds. */
function mildly(kind: number | null, sharpe: number, best: number): string {
	if (kind === null) return '';
	if (sharpe < kind)
		return `Even if the tries had differed by nothing but measuring error, the best would show about ${ratio2(kind)}.`;
	if (sharpe < best)
		return `It is above the ${ratio2(kind)} that measuring error alone would give the best of as many.`;
	return '';
}

/** Why there are two numbers for the best by luck. */
export const TWO_YARDSTICKS =
	'The first takes how widely all the tries really scattered, their costs included; the second only the error of measuring a Sharpe ratio over this many days.';

/** All numbers, each with what it says. `perYear`: returns a year; null when it is not known. */
export function statistics(
	o: Overfitting,
	days: number | null,
	perYear: number | null
): Statistic[] {
	const { deflated: d, deflated_effective: e } = o;
	return [
		psr(d),
		aboveLuckiest(d, 'Deflated, all tries', ''),
		aboveLuckiest(
			e,
			'Deflated, like tries once',
			' when tries that did nearly the same count once'
		),
		scattered(d),
		zeroSkill(o, days),
		effective(o),
		trackRecord(d, days, perYear),
		resampled(o.interval)
	];
}

const NOTHING = 'There are too few returns, or too few tries, to say.';

function psr(d: Deflated | null): Statistic {
	const p = d?.psr ?? null;
	return {
		name: 'Probabilistic Sharpe ratio',
		value: p,
		text: chance(p),
		says:
			p === null
				? NOTHING
				: `Had this been the only try, its true Sharpe ratio would be above zero with a probability of ${spoken(p)}.`,
		help: 'Probability that the true Sharpe ratio is above zero, from the number of returns, their skewness and their kurtosis. It forgets that others were tried.'
	};
}

function aboveLuckiest(d: Deflated | null, name: string, how: string): Statistic {
	const p = d?.probability ?? null;
	return {
		name,
		value: p,
		text: chance(p),
		says:
			d === null || p === null
				? NOTHING
				: `The probability that it is better than the luckiest of ${tries(d.trials)}${how} is ${spoken(p)}; 95% would be convincing.`,
		help: 'Deflated Sharpe ratio: the probability that the true Sharpe ratio is above the one expected of the best try if none had any skill.'
	};
}

function scattered(d: Deflated | null): Statistic {
	const best = d?.expected_best ?? null;
	return {
		name: 'Best by luck, as the tries scattered',
		value: best,
		text: ratio2(best),
		says:
			d === null || best === null
				? NOTHING
				: `The Sharpe ratios of the ${tries(d.trials)} differ by ${ratio2(d.dispersion)} (standard deviation); around zero, the best of them would show about ${ratio2(best)}.`,
		help: 'Expected maximum of as many normal values with mean zero and the standard deviation of all annual Sharpe ratios in the trial ledger of these data.'
	};
}

function zeroSkill(
	{ zero_skill_best: best, effective: { trials } }: Overfitting,
	days: number | null
): Statistic {
	return {
		name: 'Best by luck, measuring error only',
		value: best,
		text: ratio2(best),
		says:
			best === null
				? NOTHING
				: `If none of the ${tries(trials)} had any skill and measuring error were all that sets them apart, the best would show about ${ratio2(best)} over ${plural(days ?? 0, 'day')}.`,
		help: 'Expected maximum of as many Sharpe ratios that are truly zero and each measured over this many returns.'
	};
}

function effective({ effective: e }: Overfitting): Statistic {
	const rest = e.trials - e.measured;
	const alike =
		e.mean_correlation === null
			? ''
			: ` On average two of them correlate by ${ratio2(e.mean_correlation)}.`;
	return {
		name: 'Tries that really differed',
		value: e.effective,
		text: count(e.effective),
		says: `Of ${tries(e.trials)}, ${count(e.measured)} with daily returns form ${plural(e.clusters, 'group')} of like ones${rest > 0 ? `, and ${count(rest)} without count one each` : ''}.${alike}`,
		help: `Tries whose daily returns correlate by ${ratio(e.alike, 1)} or more count as one. A strategy and its opposite count as two.`
	};
}

function trackRecord(d: Deflated | null, days: number | null, perYear: number | null): Statistic {
	const need = d?.min_trl_days ?? null;
	const years = (n: number | null) => (n === null || perYear === null ? null : n / perYear);
	const long = (n: number | null) =>
		years(n) === null ? plural(Math.ceil(n ?? 0), 'day') : `${ratio(years(n), 1)} years`;
	return {
		name: 'Minimum track record',
		value: years(need) ?? need,
		text: need === null ? 'none is enough' : long(need),
		says:
			need === null
				? 'However long it ran with these returns, it could not be called better than zero.'
				: `To be above zero with 95% confidence it needs ${long(need)}; it has ${long(days)}. The other tries are forgotten here.`,
		help: 'Length of a series with these moments after which its Sharpe ratio is above zero with 95% confidence.'
	};
}

/** "0.08 to 0.73" */
export const between = (i: { low: number; high: number }): string =>
	`${ratio2(i.low)} to ${ratio2(i.high)}`;

function resampled(i: Interval | null): Statistic {
	return {
		name: 'Bootstrap interval',
		value: i?.median ?? null,
		text: i ? between(i) : '—',
		says: i
			? `${percent(i.level, 0)} of ${count(i.draws)} resampled histories lie between these; ${spoken(i.share_below_zero)} are at zero or below.`
			: 'There are too few returns to resample.',
		help: i
			? `The days are drawn again in blocks of ${count(i.block)} on average, so that what hangs together stays together (stationary bootstrap).`
			: 'Sharpe ratios of histories put together from blocks of the real one.'
	};
}

const YEAR_MS = 365.25 * 86_400_000;

/** Returns a year, from how many dates a data set has between its first and its last. */
export function perYear(data: {
	dates: number;
	first_date: string;
	last_date: string;
}): number | null {
	const years = (Date.parse(data.last_date) - Date.parse(data.first_date)) / YEAR_MS;
	return years > 0 ? data.dates / years : null;
}
