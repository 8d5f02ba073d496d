import { describe, expect, it } from 'vitest';
import { bySection } from './key-list.ts';

describe('bySection', () => {
	it('takes actions with keys, by section, before what is fixed', () => {
		const sections = bySection([
			{ title: 'Go to Jobs', shortcut: 'G J', section: 'Pages' },
			{ title: 'No key' },
			{ title: 'Run', shortcut: 'R' },
			{ title: 'Go to Data', shortcut: 'G A', section: 'Pages' }
		]);
		expect(sections.slice(0, 2)).toEqual([
			{
				name: 'Pages',
				lines: [
					{ title: 'Go to Jobs', keys: ['G J'] },
					{ title: 'Go to Data', keys: ['G A'] }
				]
			},
			{ name: 'This page', lines: [{ title: 'Run', keys: ['R'] }] }
		]);
		expect(sections.slice(2).map(({ name }) => name)).toEqual(['Tables', 'Charts', 'Expressions']);
	});
});
