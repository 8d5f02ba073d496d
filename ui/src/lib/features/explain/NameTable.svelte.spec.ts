// @vitest-environment jsdom
import { fireEvent, screen, within } from '@testing-library/svelte';
import { beforeEach, expect, it, vi } from 'vitest';
import { renderInFrame } from '#lib/components/frame.spec-helper.ts';
import { FIRST } from './columns.ts';
import NameTable from './NameTable.svelte';
import { day, name } from './samples.ts';

vi.stubGlobal(
	'ResizeObserver',
	class {
		observe() {}
		unobserve() {}
		disconnect() {}
	}
);

const names = [
	name('AAA', -0.003, { group: 'Bank', before: 0.1 }),
	name('BBB', 0.002, { group: 'Tech', before: -0.2, event: 'no price for 2 dates' }),
	name('CCC', 0.001, { group: null, before: 0.3 })
];
const show = (all = names) => renderInFrame(NameTable, { day: day(all), text: '', order: FIRST });
const grid = () => screen.getByRole('grid');
const rows = () => within(grid()).getAllByRole('row');
const symbols = () =>
	within(grid())
		.getAllByRole('rowheader')
		.map((r) => r.textContent?.trim().slice(0, 3));

beforeEach(() => document.body.replaceChildren());

it('begins with what moved the day most, and sums all names', () => {
	show();
	expect(symbols()).toEqual(['AAA', 'BBB', 'CCC', 'All']);
	expect(grid().getAttribute('aria-rowcount')).toBe('5');
	expect(rows().at(-1)?.textContent).toContain('20.00%');
	expect(within(grid()).getByText('no price for 2 dates')).toBeTruthy();
});

it('orders by a column, and the other way by another click', async () => {
	show();
	const head = within(grid()).getByRole('columnheader', { name: /Before/ });
	const button = within(head).getByRole('button');
	await fireEvent.click(button);
	expect(symbols()).toEqual(['CCC', 'AAA', 'BBB', 'All']);
	expect(head.getAttribute('aria-sort')).toBe('descending');
	await fireEvent.click(button);
	expect(symbols()).toEqual(['BBB', 'AAA', 'CCC', 'All']);
	expect(head.getAttribute('aria-sort')).toBe('ascending');
});

it('sums what is shown beside all names', async () => {
	show();
	await fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'tech' } });
	expect(symbols()).toEqual(['BBB', 'Sho', 'All']);
	expect(rows().at(-2)?.textContent).toContain('−20.00%');
	expect(screen.getByText(/^1 of 3 names/)).toBeTruthy();
	await fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'none' } });
	expect(screen.getByText('No symbol or group has these letters.')).toBeTruthy();
});

it('moves by keys from row to row', async () => {
	show();
	await fireEvent.focus(grid());
	await fireEvent.keyDown(grid(), { key: 'End' });
	expect(grid().getAttribute('aria-activedescendant')).toMatch(/-2$/);
	await fireEvent.keyDown(grid(), { key: 'ArrowUp' });
	expect(grid().getAttribute('aria-activedescendant')).toMatch(/-1$/);
});

it('draws only the rows in view of very many', () => {
	show(Array.from({ length: 3000 }, (_, i) => name(`S${i}`, i / 1e6)));
	expect(rows().length).toBeLessThan(60);
	expect(grid().getAttribute('aria-rowcount')).toBe('3002');
});
