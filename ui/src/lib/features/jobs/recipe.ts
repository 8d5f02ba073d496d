/** The settings of a job as lines of text. */
import type { Job } from '#lib/api/client.ts';
import { count, dateTime, hash, percent, ratio } from '#lib/utils/format.ts';
import { configOf } from './training.ts';

export interface Line {
	name: string;
	text: string;
	/** The full value where the text is short. */
	title?: string;
}
export interface Section {
	title: string;
	lines: Line[];
}

const list = (names: readonly string[] | null | undefined, none: string): string =>
	names?.length ? names.join(', ') : none;
const bps = (v: number | undefined): string => (v === undefined ? '' : `${ratio(v, 1)} bps`);

export function recipe(job: Job): Section[] {
	const stored = job.params as { fingerprint?: string; rows?: number };
	const config = configOf(job);
	const p = config.params ?? {};
	const lags = Object.entries(config.domain_lags ?? {}).map(([name, lag]) => `${name} ${lag}`);
	const sections: [string, [string, string | null | undefined, string?][]][] = [
		[
			'Search',
			[
				['Candidates', count(config.n)],
				['Seed', String(config.seed ?? '')],
				['Method', config.method],
				['Deepest nesting', count(config.max_depth)],
				['Complexity limit', p.limit_score === null ? 'none' : ratio(p.limit_score, 1)],
				['Columns used', list(config.features, 'every usable one')],
				['Columns left out', list(config.ignore, 'none')]
			]
		],
		[
			'Book',
			[
				['Execution lag', `${count(p.execution_lag)} dates`],
				['Largest weight', percent(p.cap, 1)],
				['Largest leverage', ratio(p.max_lev, 2)],
				['Sizing', p.sizing],
				['Neutralised by', p.neutralize ?? 'nothing'],
				[
					'Rebalanced',
					typeof p.rebalance === 'number' ? `every ${p.rebalance} dates` : p.rebalance
				],
				['Smoothing', p.smooth_ema ? ratio(p.smooth_ema, 2) : 'none']
			]
		],
		[
			'Costs and dates',
			[
				['Cost per trade', bps(p.cost_bps)],
				['Borrowing, a year', bps(p.borrow_bps)],
				['Longest without a price', `${count(p.max_stale)} dates`],
				['Return on delisting', percent(p.delisting_return, 0)],
				['First date', p.start ?? 'that of the data set'],
				['Last date', p.end ?? 'the last before the lockbox']
			]
		],
		[
			'Data and run',
			[
				['Data set', job.dataset],
				['Fingerprint', hash(stored.fingerprint, 12), stored.fingerprint],
				['Dates', count(stored.rows)],
				['Price column', config.price ?? 'that of the data set'],
				['Lags by domain', lags.join(', ') || 'none'],
				['Workers', count(job.workers)],
				['Created', dateTime(job.created_at), job.created_at]
			]
		]
	];
	return sections.map(([title, lines]) => ({
		title,
		lines: lines.map(([name, text, full]) => ({ name, text: text || '\u2014', title: full }))
	}));
}
