// @vitest-environment jsdom
import { expect, it, vi } from 'vitest';
import { fromPaper, printPage, toPaper } from './print.ts';

const { dataset } = document.documentElement;

it('prints light and goes back to the theme', async () => {
	dataset.theme = 'dark';
	const seen: (string | undefined)[] = [];
	vi.stubGlobal('print', () => {
		// The browser tells the page too.
		toPaper();
		seen.push(dataset.theme);
		fromPaper();
	});
	await printPage();
	expect([seen, dataset.theme]).toEqual([['light'], 'dark']);
});

it('leaves the theme alone that was never changed', () => {
	dataset.theme = 'dark';
	fromPaper();
	expect(dataset.theme).toBe('dark');
});
