// @vitest-environment jsdom
import { fireEvent, render, screen } from '@testing-library/svelte';
import { createRawSnippet } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import Dialog from './Dialog.svelte';
import MenuHarness from './MenuHarness.spec.svelte';
import Tabs from './Tabs.svelte';

const text = (html: string) => createRawSnippet(() => ({ render: () => html }));
const focused = () => document.activeElement?.textContent?.trim();

describe('a menu', () => {
	const names = () => screen.queryAllByRole('menuitem').map((item) => item.textContent?.trim());
	const trigger = () => screen.getByRole('button', { name: 'More' });

	it('opens with an arrow, is walked with keys and gives the focus back', async () => {
		const run = vi.fn();
		const items = [
			{ label: 'Copy', run },
			{ label: 'Delete', run: vi.fn() }
		];
		render(MenuHarness, { items });
		trigger().focus();
		await fireEvent.keyDown(trigger(), { key: 'ArrowDown' });
		expect([names(), focused(), trigger().getAttribute('aria-expanded')]).toEqual([
			['Copy', 'Delete'],
			'Copy',
			'true'
		]);
		await fireEvent.keyDown(document.activeElement as Element, { key: 'ArrowUp' });
		expect(focused()).toBe('Delete');
		await fireEvent.keyDown(document.activeElement as Element, { key: 'c' });
		await fireEvent.click(document.activeElement as Element);
		expect([run.mock.calls.length, names(), document.activeElement]).toEqual([1, [], trigger()]);
	});
	it('stays open for ticks, and closes with Escape and outside', async () => {
		const run = vi.fn();
		render(MenuHarness, { items: [{ label: 'Sharpe', checked: true, run }] });
		await fireEvent.click(trigger());
		await fireEvent.click(screen.getByRole('menuitemcheckbox', { name: 'Sharpe', checked: true }));
		expect([run.mock.calls.length, screen.queryByRole('menu') !== null]).toEqual([1, true]);
		await fireEvent.keyDown(screen.getByRole('menu'), { key: 'Escape' });
		expect(screen.queryByRole('menu')).toBeNull();
		await fireEvent.click(trigger());
		await fireEvent.pointerDown(document.body);
		expect(screen.queryByRole('menu')).toBeNull();
	});
	it('does not run what is switched off', async () => {
		const run = vi.fn();
		render(MenuHarness, { items: [{ label: 'Cancel', disabled: true, run }] });
		await fireEvent.click(trigger());
		await fireEvent.click(screen.getByRole('menuitem', { name: 'Cancel' }));
		expect(run).not.toHaveBeenCalled();
	});
});

describe('a dialog', () => {
	const children = text('<div><input aria-label="Name"></div>');

	it('begins at its first field and closes with Escape', async () => {
		const onclose = vi.fn();
		render(Dialog, { open: true, title: 'New', children, onclose });
		const dialog = screen.getByRole('dialog', { name: 'New' });
		expect(document.activeElement).toBe(screen.getByLabelText('Name'));
		await fireEvent.keyDown(dialog, { key: 'Escape' });
		expect([screen.queryByRole('dialog'), onclose.mock.calls.length]).toEqual([null, 1]);
	});
	it('that needs an answer does not', async () => {
		render(Dialog, { open: true, title: 'Quit?', dismissible: false, children });
		const dialog = screen.getByRole('dialog');
		await fireEvent.keyDown(dialog, { key: 'Escape' });
		await fireEvent.pointerDown(dialog);
		await fireEvent.click(dialog);
		expect([screen.queryByRole('dialog'), screen.queryByRole('button', { name: 'Close' })]).toEqual(
			[dialog, null]
		);
	});
	it('closes at a click that began and ended outside', async () => {
		render(Dialog, { open: true, title: 'New', children });
		const dialog = screen.getByRole('dialog');
		await fireEvent.pointerDown(screen.getByLabelText('Name'));
		await fireEvent.click(dialog);
		expect(screen.queryByRole('dialog')).toBe(dialog);
		await fireEvent.pointerDown(dialog);
		await fireEvent.click(dialog);
		expect(screen.queryByRole('dialog')).toBeNull();
	});
});

it('tabs are one stop and arrows choose', async () => {
	const onchange = vi.fn();
	const tabs = ['a', 'b', 'c'].map((value) => ({ value, label: value.toUpperCase() }));
	render(Tabs, { value: 'a', tabs, label: 'Parts', onchange, children: text('<p>Panel</p>') });
	const state = () => screen.getAllByRole('tab').map((tab) => [tab.ariaSelected, tab.tabIndex]);
	await fireEvent.keyDown(screen.getByRole('tab', { name: 'A' }), { key: 'ArrowLeft' });
	expect([onchange.mock.calls, focused(), state()]).toEqual([
		[['c']],
		'C',
		[
			['false', -1],
			['false', -1],
			['true', 0]
		]
	]);
	expect(screen.getByRole('tabpanel', { name: 'C' }).textContent).toBe('Panel');
});
