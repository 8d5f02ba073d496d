// @vitest-environment jsdom
import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import ComboboxHarness from './ComboboxHarness.spec.svelte';

const box = () => screen.getByRole<HTMLInputElement>('combobox');
const press = (key: string) => fireEvent.keyDown(box(), { key });
/** The option that the keys are at. */
const at = () => {
	const id = box().getAttribute('aria-activedescendant');
	return id && document.getElementById(id)?.textContent?.trim();
};

describe('a field with a list', () => {
	const items = ['one', 'two', 'three'];

	it('opens by writing, and takes what the arrows went to', async () => {
		const onpick = vi.fn();
		render(ComboboxHarness, { items, onpick });
		await fireEvent.focus(box());
		expect(box().getAttribute('aria-expanded')).toBe('false');
		await fireEvent.input(box(), { target: { value: 't' } });
		expect([box().getAttribute('aria-expanded'), at()]).toEqual(['true', null]);
		await press('Enter');
		expect(onpick).not.toHaveBeenCalled();
		await press('ArrowUp');
		expect(at()).toBe('three');
		await press('ArrowDown');
		expect(at()).toBe('one');
		await press('Enter');
		expect([onpick.mock.calls, box().getAttribute('aria-expanded')]).toEqual([[['one']], 'false']);
	});
	it('may begin with the first, and closes with Escape', async () => {
		const onpick = vi.fn();
		render(ComboboxHarness, { items, onpick, eager: true });
		await fireEvent.focus(box());
		expect(at()).toBe('one');
		await press('Escape');
		expect(box().getAttribute('aria-expanded')).toBe('false');
		await press('ArrowDown');
		await press('Enter');
		expect(onpick.mock.calls).toEqual([['one']]);
	});
	it('takes what is clicked, and says when there is nothing', async () => {
		const onpick = vi.fn();
		const { rerender } = render(ComboboxHarness, { items, onpick, eager: true, nothing: 'None.' });
		await fireEvent.focus(box());
		await fireEvent.pointerDown(screen.getByRole('option', { name: 'two' }));
		expect(onpick.mock.calls).toEqual([['two']]);
		await rerender({ items: [] });
		await fireEvent.input(box(), { target: { value: 'x' } });
		expect(screen.getByRole('status').textContent?.trim()).toBe('None.');
	});
});
