/** Words for the specs of this folder. */
import type { FeatureInfo, Primitive, PrimitiveParam } from '#lib/api/client.ts';

export const param = (
	name: string,
	kind: PrimitiveParam['kind'] = 'series',
	over: Partial<PrimitiveParam> = {}
): PrimitiveParam => ({
	name,
	kind,
	low: null,
	high: null,
	default: null,
	doc: '',
	typical: [],
	condition: false,
	constant: false,
	...over
});

export const days = (name = 'd'): PrimitiveParam =>
	param(name, 'int', { low: 1, high: 2520, doc: 'trading days' });

export const operator = (
	name: string,
	params: PrimitiveParam[],
	over: Partial<Primitive> = {}
): Primitive => ({
	name,
	params,
	options: [],
	open: false,
	keywords: {},
	aliases: [],
	axis: 'time',
	cost: 1,
	examples: [],
	help: `What ${name} does.`,
	infix: null,
	lookback: 'the same date only',
	missing: '',
	signature: `${name}(${params.map((p) => p.name).join(', ')})`,
	weight: 1,
	...over
});

export const column = (name: string, over: Partial<FeatureInfo> = {}): FeatureInfo => ({
	name,
	kind: 'feature',
	domain: 'price',
	dtype: 'number',
	coverage: 0.987,
	coverage_overall: 0.9,
	distinct: 100,
	first_date: '2001-01-02',
	last_date: '2020-12-31',
	lag: 0,
	levels: [],
	max: 1,
	mean: 0,
	min: -1,
	reason: null,
	sd: 1,
	usable: true,
	variance: 1,
	days_since_change: 0,
	derived: null,
	histogram: null,
	level_counts: [],
	missing: 0.013,
	near_duplicates: [],
	quantiles: {},
	stale_share: 0,
	years: [],
	...over
});

export const category = (name: string): FeatureInfo =>
	column(name, { kind: 'category', dtype: 'category', levels: ['a', 'b'] });
