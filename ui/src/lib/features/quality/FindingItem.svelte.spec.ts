// @vitest-environment jsdom
import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import FindingItem from './FindingItem.svelte';
import type { Finding } from './types.ts';

vi.mock('$app/paths', () => ({
	resolve: (path: string, params: Record<string, string> = {}) =>
		path.replaceAll(/\[(\w+)\]/g, (_all, name: string) => encodeURIComponent(params[name]))
}));
const HARM = '<img src=x onerror=alert(1)>';
const finding: Finding = {
	kind: 'bad_print',
	title: 'Bad prints',
	severity: 'error',
	count: 12,
	unit: 'cells',
	symbols: 2,
	column: HARM,
	message: HARM,
	examples: Array.from({ length: 8 }, (_, i) => ({
		symbol: i ? `S${i}` : HARM,
		date: '2020-03-01',
		text: `=${i}`
	})),
	rows: { symbols: ['A,B', HARM], start: '2020-01-01', end: null, columns: [] }
};

it('shows what comes from a file as text and links to its rows', async () => {
	const { container } = render(FindingItem, { finding, dataset: 'my set' });
	expect(container.querySelector('img')).toBeNull();
	expect(screen.getByRole('article').textContent).toContain('12 cells of 2 symbols');
	const rows = screen.getByRole('link', { name: /Show the rows/ }).getAttribute('href') ?? '';
	const address = new URL(rows, 'http://x');
	expect(address.pathname).toBe('/data/my%20set/rows');
	expect(JSON.parse(address.searchParams.get('symbols') ?? '')).toEqual(['A,B', HARM]);
	const [first] = screen.getAllByRole('link', { name: '2020-03-01' });
	expect(new URL(first.getAttribute('href') ?? '', 'http://x').searchParams.get('start')).toBe(
		'2020-02-20'
	);
	expect(screen.getAllByRole('row')).toHaveLength(6);
	await fireEvent.click(screen.getByRole('button', { name: /8 examples/ }));
	expect(screen.getAllByRole('row')).toHaveLength(9);
});
