/** The actions that every page has. */
import { goto } from '$app/navigation';
import { resolve } from '$app/paths';
import ClipboardPaste from '@lucide/svelte/icons/clipboard-paste';
import FileText from '@lucide/svelte/icons/file-text';
import FolderOpen from '@lucide/svelte/icons/folder-open';
import Keyboard from '@lucide/svelte/icons/keyboard';
import PanelLeft from '@lucide/svelte/icons/panel-left';
import Play from '@lucide/svelte/icons/play';
import Search from '@lucide/svelte/icons/search';
import SunMoon from '@lucide/svelte/icons/sun-moon';
import type { Action } from './actions.ts';
import { api, unwrap } from './api/client.ts';
import { PAGES } from './pages.ts';
import { frame } from './state/frame.svelte.ts';
import { settings } from './state/settings.svelte.ts';
import { theme } from './state/theme.svelte.ts';
import { workspace } from './state/workspace.svelte.ts';

const inWindow = () => workspace.health?.window === true;

async function show(what: 'logs' | 'workspace'): Promise<void> {
	unwrap(await api.POST('/api/desktop/open', { body: { what } }));
}

const GENERAL: Omit<Action, 'section'>[] = [
	{
		id: 'frame.palette',
		title: 'Find a page, an action or a strategy',
		icon: Search,
		shortcut: 'Mod+K',
		available: () => !frame.palette,
		// Fetched first: without the engine it says so instead of staying away.
		run: async () => {
			await import('./components/layout/CommandPalette.svelte');
			frame.palette = true;
		}
	},
	{
		id: 'frame.rail',
		title: 'Narrow or widen the rail',
		icon: PanelLeft,
		shortcut: 'Mod+B',
		keywords: 'sidebar navigation collapse',
		run: () => frame.toggleRail()
	},
	{
		id: 'frame.theme',
		title: 'Switch between light and dark',
		icon: SunMoon,
		keywords: 'theme colours',
		run: () => settings.save({ theme: theme.dark ? 'light' : 'dark' })
	},
	{
		id: 'frame.keys',
		title: 'List all keys',
		icon: Keyboard,
		shortcut: '?',
		keywords: 'shortcuts help',
		run: () => (frame.keys = true)
	},
	{
		id: 'jobs.new',
		title: 'New training',
		icon: Play,
		shortcut: 'N',
		keywords: 'train search job start',
		run: () => goto(resolve('/jobs?new=1'))
	},
	{
		id: 'backtest.paste',
		title: 'Paste a paper formula',
		icon: ClipboardPaste,
		keywords: 'alpha 101 worldquant kakushadze translate dialect',
		run: () => goto(resolve('/backtest?paste='))
	},
	{
		id: 'desktop.logs',
		title: 'Open the folder of the log files',
		icon: FileText,
		available: inWindow,
		run: () => show('logs')
	},
	{
		id: 'desktop.workspace',
		title: 'Open the folder of the workspace',
		icon: FolderOpen,
		available: inWindow,
		run: () => show('workspace')
	}
];

export const frameActions: readonly Action[] = [
	...PAGES.map(({ id, label, icon, shortcut, keywords, href }) => ({
		id: `go.${id}`,
		title: `Go to ${label}`,
		icon,
		shortcut,
		section: 'Pages',
		keywords,
		// eslint-disable-next-line svelte/no-navigation-without-resolve -- resolved in pages.ts
		run: () => goto(href)
	})),
	...GENERAL.map((action) => ({ ...action, section: 'General' }))
];
