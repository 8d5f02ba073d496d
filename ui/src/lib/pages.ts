/** The pages of the rail, in its order. */
import { resolve } from '$app/paths';
import BookOpen from '@lucide/svelte/icons/book-open';
import Database from '@lucide/svelte/icons/database';
import FlaskConical from '@lucide/svelte/icons/flask-conical';
import GitCompare from '@lucide/svelte/icons/git-compare';
import Landmark from '@lucide/svelte/icons/landmark';
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard';
import ListChecks from '@lucide/svelte/icons/list-checks';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Settings from '@lucide/svelte/icons/settings';
import Table2 from '@lucide/svelte/icons/table-2';
import type { Component } from 'svelte';

export type Icon = Component<{ size?: number | string }>;

export interface Page {
	id: string;
	label: string;
	icon: Icon;
	shortcut: string;
	/** Words besides its name under which the palette finds it. */
	keywords: string;
	href: string;
}

const page = (
	id: string,
	href: string,
	label: string,
	icon: Icon,
	key: string,
	keywords = ''
): Page => ({ id, href, label, icon, shortcut: `G ${key}`, keywords });

export const PAGES: readonly Page[] = [
	page('dashboard', resolve('/'), 'Dashboard', LayoutDashboard, 'D', 'home overview start'),
	page('strategies', resolve('/strategies'), 'Strategies', Table2, 'S', 'library results runs'),
	page('compare', resolve('/compare'), 'Compare', GitCompare, 'M', 'correlation blend netting'),
	page('ledger', resolve('/ledger'), 'Ledger', ScrollText, 'L', 'trials luck lockbox overfitting'),
	page('backtest', resolve('/backtest'), 'Backtest', FlaskConical, 'B', 'expression editor run'),
	page('jobs', resolve('/jobs'), 'Jobs', ListChecks, 'J', 'training search progress log'),
	page(
		'catalog',
		resolve('/catalog'),
		'Catalog',
		BookOpen,
		'C',
		'features operators help language'
	),
	page('data', resolve('/data'), 'Data', Database, 'A', 'import data sets file'),
	page('broker', resolve('/broker'), 'Broker', Landmark, 'O', 'paper orders positions'),
	page('settings', resolve('/settings'), 'Settings', Settings, ',', 'preferences theme folder')
];

/** Whether the address belongs to the page. */
export const isHere = (page: Page, pathname: string): boolean =>
	page.id === 'dashboard'
		? pathname === page.href
		: pathname === page.href || pathname.startsWith(`${page.href}/`);
