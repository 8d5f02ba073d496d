/** The list of keys: those of the actions, and those that belong to a kind of element. */
import type { Action } from '#lib/actions.ts';

export interface KeyLine {
	title: string;
	keys: string[];
}
export interface KeySection {
	name: string;
	lines: KeyLine[];
}

const FIXED: KeySection[] = [
	{
		name: 'Tables',
		lines: [
			{ title: 'Next and previous row', keys: ['J', 'K', 'ArrowDown', 'ArrowUp'] },
			{ title: 'First and last row', keys: ['Home', 'End'] },
			{ title: 'Open the row', keys: ['Enter'] },
			{ title: 'Choose the row', keys: ['Space'] }
		]
	},
	{
		name: 'Charts',
		lines: [
			{ title: 'Read the values', keys: ['ArrowLeft', 'ArrowRight'] },
			{ title: 'Zoom', keys: ['+', '-'] },
			{ title: 'Show everything', keys: ['0'] }
		]
	},
	{
		name: 'Expressions',
		lines: [
			{ title: 'Run', keys: ['Mod+Enter'] },
			{ title: 'Suggest', keys: ['Mod+Space'] },
			{ title: 'Explain the word at the cursor', keys: ['F1'] },
			{ title: 'Next and previous finding', keys: ['F8', 'Shift+F8'] },
			{ title: 'Fix what was found', keys: ['Mod+.'] },
			{ title: 'Undo', keys: ['Mod+Z'] }
		]
	}
];

type Keyed = Pick<Action, 'title' | 'shortcut' | 'section'>;

/** Actions with keys by their section in the order they came, then what is fixed. */
export function bySection(actions: readonly Keyed[]): KeySection[] {
	const found = new Map<string, KeyLine[]>();
	for (const { title, shortcut, section = 'This page' } of actions) {
		if (!shortcut) continue;
		const lines = found.get(section) ?? [];
		found.set(section, [...lines, { title, keys: [shortcut] }]);
	}
	return [...[...found].map(([name, lines]) => ({ name, lines })), ...FIXED];
}
