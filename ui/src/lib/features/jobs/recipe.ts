/** The settings of a job as lines of text. */
import type { Job } from '#lib/api/client.ts';
import { count, dateTime, hash, percent, ratio } from '#lib/utils/format.ts';
import { OBJECTIVES } from './training-fields.ts';
import { configOf } from './config.ts';

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

const weights = (of: Record<string, number> | undefined): string =>
	Object.entries(of ?? {})
		.map(([name, weight]) => `${name} ${weight || 'out'}`)
		.join(', ') || 'the usual';
const METHODS: Record<string, string> = { random: 'random', evolve: 'bred' };

type Rows = [string, [string, string | null | undefined, string?][]];

function breeding(c: ReturnType<typeof configOf>): Rows {
	const wanted = OBJECTIVES.filter(({ value }) => c.objectives?.includes(value));
	return [
		'Breeding',
		[
			['Population', count(c.population)],
			['Generations', c.generations ? count(c.generations) : 'as many as fit'],
			['Tournament', count(c.tournament)],
			['Elite', count(c.elite)],
			['Crossover', percent(c.crossover, 0)],
			['Price of complexity', ratio(c.parsimony, 3)],
			['Price of likeness', ratio(c.novelty, 2)],
			['Wanted', wanted.map(({ label }) => label).join(', ')]
		]
	];
}

export function recipe(job: Job): Section[] {
	const stored = job.params as { fingerprint?: string; rows?: number };
	const config = configOf(job);
	const p = config.params ?? {};
	const lags = Object.entries(config.domain_lags ?? {}).map(([name, lag]) => `${name} ${lag}`);
	const sections: Rows[] = [
		[
			'Search',
			[
				['Candidates', count(config.n)],
				['Seed', String(config.seed ?? '')],
				['Method', METHODS[config.method ?? ''] ?? config.method],
				['Deepest nesting', count(config.max_depth)],
				['Complexity limit', p.limit_score === null ? 'none' : ratio(p.limit_score, 1)],
				['Columns used', list(config.features, 'every usable one')],
				['Columns left out', list(config.ignore, 'none')],
				['Out of sample', percent(config.out_of_sample, 0)],
				['Least coverage', percent(config.min_coverage, 0)],
				['Operator weights', weights(config.operator_weights)],
				['Feature weights', weights(config.feature_weights)]
			]
		],
		...(config.method === 'evolve' ? [breeding(config)] : []),
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
