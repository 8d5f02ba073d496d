/** What the robustness table of a strategy says, in plain words. */
import type { Robustness, Variant } from '#lib/api/client.ts';
import { MINUS, plural, ratio, ratio2 } from '#lib/utils/format.ts';

export type Verdict = Variant['verdict'];
export type Group = Variant['group'];

export interface Look {
	word: string;
	tone: 'ok' | 'warn' | 'bad' | 'plain';
	/** The convention behind the word. */
	help: string;
}

export const VERDICTS: Record<Verdict, Look> = {
	holds: { word: 'Holds', tone: 'ok', help: 'At least 70% of the Sharpe ratio is kept.' },
	weakens: {
		word: 'Weakens',
		tone: 'warn',
		help: 'Between 30% and 70% of the Sharpe ratio is kept.'
	},
	fails: {
		word: 'Fails',
		tone: 'bad',
		help: 'At most 30% of the Sharpe ratio is kept, or the account was lost.'
	},
	unknown: {
		word: 'Unknown',
		tone: 'plain',
		help: 'There is no Sharpe ratio above zero to keep a share of, or nothing was put to the test.'
	}
};

interface Check {
	title: string;
	/** What is run. */
	runs: string;
	/** After "under": what the strategy was put under. */
	under: string;
}

export const CHECKS: Record<Group, Check> = {
	lag: {
		title: 'Traded later',
		runs: 'every book traded one and two dates later',
		under: 'later trading'
	},
	costs: {
		title: 'Other costs',
		runs: 'costs and borrowing times 0, 1, 2 and 3',
		under: 'higher costs'
	},
	neighbours: {
		title: 'Neighbours',
		runs: 'every window of the expression 20% shorter and 20% longer',
		under: 'other windows'
	},
	periods: {
		title: 'Periods',
		runs: 'each third of the dates by itself',
		under: 'single periods'
	},
	universe: {
		title: 'Fewer names',
		runs: 'half of the names, then the other half, then all without a large group',
		under: 'fewer names'
	},
	days: {
		title: 'Best days',
		runs: 'the run without its five best days',
		under: 'the loss of its five best days'
	},
	names: {
		title: 'Best names',
		runs: 'all names but the five that earned most',
		under: 'the loss of its five best names'
	},
	delisting: {
		title: 'Delisting',
		runs: 'a name whose price ends loses 0%, 30% and all of its value',
		under: 'losses at delisting'
	}
};
export const GROUPS = Object.keys(CHECKS) as Group[];

export interface Section {
	group: Group;
	verdict: Verdict;
	text: string;
	rows: Variant[];
}

/** A section per group, those the engine gave nothing about left out; neighbours the lowest first. */
export function sections(table: Robustness): Section[] {
	return GROUPS.flatMap((group) => {
		const rows = table.variants.filter((v) => v.group === group);
		const said = table.groups.find((g) => g.group === group);
		if (!said && !rows.length) return [];
		const verdict = said?.verdict ?? 'unknown';
		return [
			{
				group,
				verdict,
				text: written(said?.text ?? ''),
				rows: group === 'neighbours' ? lowest(rows) : rows
			}
		];
	});
}

const lowest = (rows: Variant[]): Variant[] =>
	[...rows].sort((a, b) => (a.ann_sharpe ?? Infinity) - (b.ann_sharpe ?? Infinity) || 0);

/** The engine's words with our signs: a true minus, a cross, no space before a per cent. */
export const written = (text: string): string =>
	text
		.replace(/(^|[ (])-(?=\d)/g, `$1${MINUS}`)
		.replace(/(\d) %/g, '$1%')
		.replace(/ x (?=\d)/g, ' × ');

/** "a", "a and b", "a, b and c" */
export const listed = (parts: readonly string[]): string =>
	parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;

/** The verdict of the whole, as a sentence. */
export function overall({ ann_sharpe, verdict, groups }: Robustness): string {
	if (ann_sharpe === null)
		return 'The strategy has no Sharpe ratio, so other assumptions have nothing to take away.';
	const own = ratio2(ann_sharpe);
	if (ann_sharpe <= 0)
		return `Its Sharpe ratio is ${own} as it stands: other assumptions have nothing to take away.`;
	const of = (is: Verdict) => groups.filter((g) => g.verdict === is);
	const under = (is: Verdict) => listed(of(is).map((g) => CHECKS[g.group].under));
	const [held, judged] = [of('holds').length, groups.length - of('unknown').length];
	const rest = `${held} of ${plural(judged, 'check')} ${held === 1 ? 'holds' : 'hold'}.`;
	if (verdict === 'fails')
		return `Little or nothing is left of its Sharpe ratio of ${own} under ${under('fails')}; ${rest}`;
	if (verdict === 'weakens')
		return `Its Sharpe ratio of ${own} loses a good part under ${under('weakens')}; ${rest}`;
	if (verdict === 'holds')
		return `Its Sharpe ratio of ${own} stays at 70% or more under everything that could be tried.`;
	return `Nothing could be put to the test: no verdict on its Sharpe ratio of ${own}.`;
}

/** What it could pay, and what the run is set to pay. */
export function breakEven({ break_even_bps: even }: Robustness, cost_bps: number): string {
	if (even === null) return 'There is no break-even cost: the strategy does not trade.';
	if (even <= 0)
		return 'It loses money even when trading is free: there is no cost at which it breaks even.';
	const paid = `the run assumes ${ratio(cost_bps, 1)} where the data set has no costs of its own`;
	return `It breaks even at costs of ${ratio(even, 1)} basis points of what is traded; ${paid}.`;
}
