/** The parts of the page of a strategy, as its address names them. */
import type { Component } from 'svelte';
import type { Strategy } from '#lib/api/client.ts';
import { readOneOf, withParams, type Params, type Search } from '#lib/utils/search-params.ts';
import type { Detail } from './detail.svelte.ts';

export const TABS = [
	{ value: 'overview', label: 'Overview' },
	{ value: 'luck', label: 'Luck' },
	{ value: 'robustness', label: 'Robustness' },
	{ value: 'signal', label: 'Signal' },
	{ value: 'holdings', label: 'Holdings' },
	{ value: 'explain', label: 'Explain a day' },
	{ value: 'similar', label: 'Similar' }
] as const;
export type TabName = (typeof TABS)[number]['value'];
const NAMES = TABS.map(({ value }) => value);

/** What every tab is given; each takes what it needs. */
export interface TabProps {
	strategy: Strategy;
	detail: Detail;
	/** The day in the address. */
	date: string | undefined;
	/** Explain this day. */
	onpick: (date: string) => void;
	/** Go to another tab. */
	ontab: (tab: TabName) => void;
}
export type TabComponent = Component<TabProps, object, '' | keyof TabProps>;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

export const readTab = (params: Params): TabName => readOneOf(params, 'tab', NAMES, 'overview');

/** The day of the address; what is no day is left out. */
export function readDay(params: Params): string | undefined {
	const text = params.get('date') ?? '';
	return DAY.test(text) && !Number.isNaN(Date.parse(text)) ? text : undefined;
}

/** The address of a tab; the run stays, and the day only where it means something. */
export const tabSearch = (params: Params, tab: TabName, date?: string): Search =>
	withParams(params, {
		tab: tab === 'overview' ? null : tab,
		date: tab === 'explain' ? (date ?? params.get('date')) : null
	});
