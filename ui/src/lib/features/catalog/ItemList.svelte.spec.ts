// @vitest-environment jsdom
import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, expect, it, vi } from 'vitest';
import { column } from '#lib/editor/samples.ts';
import ItemList from './ItemList.svelte';
import { columnGroups } from './items.ts';

const names = Array.from({ length: 1500 }, (_, i) => `f${String(i).padStart(4, '0')}`);
const groups = columnGroups(names.map((name) => column(name)));
const show = (current: string | null, onmove = vi.fn()) => {
	render(ItemList, { groups, query: '', current, label: 'Columns', onmove });
	return onmove;
};

beforeEach(() => {
	vi.stubGlobal(
		'ResizeObserver',
		class {
			observe() {}
			unobserve() {}
			disconnect() {}
		}
	);
	vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(280);
});

it('draws what is in view of thousands, and says how many there are', () => {
	show(null);
	const drawn = screen.getAllByRole('option');
	expect(drawn.length).toBeLessThan(30);
	expect(drawn[0].getAttribute('aria-setsize')).toBe('1500');
	expect(drawn[0].textContent).toContain('f0000');
});

it('moves by arrows and names the current one only while it is drawn', async () => {
	const onmove = show('column:f0003');
	const field = screen.getByRole('combobox');
	const active = field.getAttribute('aria-activedescendant') ?? '';
	expect(document.getElementById(active)?.textContent).toContain('f0003');
	await fireEvent.keyDown(field, { key: 'ArrowDown' });
	expect(onmove.mock.calls[0][0].name).toBe('f0004');
});

it('brings a far one into view', async () => {
	show('column:f1234');
	const list = screen.getByRole('listbox');
	expect(list.scrollTop).toBeGreaterThan(1200 * 28);
	await fireEvent.scroll(list);
	const chosen = screen.getAllByRole('option', { selected: true });
	expect(chosen.map((one) => one.textContent)).toEqual([expect.stringContaining('f1234')]);
});
