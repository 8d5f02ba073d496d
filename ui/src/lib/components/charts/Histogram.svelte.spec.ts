// @vitest-environment jsdom
import { fireEvent, render, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import Histogram from './Histogram.svelte';

vi.stubGlobal(
	'ResizeObserver',
	class {
		observe() {}
		unobserve() {}
		disconnect() {}
	}
);

const bins = { edges: [-0.5, 0, 0.5, 1], counts: [1, 1400, 2], median: 0.2 };
const onpick = vi.fn();
const bar = (name: string | RegExp) => screen.getByRole('button', { name });
const middle = '0.00 to 0.50: 1,400 strategies';

beforeEach(() => {
	onpick.mockClear();
	render(Histogram, { label: 'Sharpe', bins, onpick });
});

describe('a histogram', () => {
	it('names every bar', () =>
		expect(screen.getAllByRole('button').map((b) => b.getAttribute('aria-label'))).toEqual([
			'−0.50 to 0.00: 1 strategies',
			middle,
			'0.50 to 1.00: 2 strategies'
		]));
	it('shows the median until a bar is looked at', async () => {
		expect(screen.getByText('median 0.20')).toBeTruthy();
		await fireEvent.pointerEnter(bar(middle));
		expect(screen.getByText(middle)).toBeTruthy();
	});
	it('is picked by the keyboard or a screen reader', async () => {
		await fireEvent.click(bar(middle), { detail: 0 });
		expect(onpick.mock.calls).toEqual([[0, 0.5]]);
	});
	it('is one stop of the tab key; arrows move, shift takes several', async () => {
		const stops = () => screen.getAllByRole('button').map((b) => b.tabIndex);
		expect(stops()).toEqual([0, -1, -1]);
		bar(/^−0\.50/).focus();
		await fireEvent.keyDown(document.activeElement as Element, { key: 'ArrowRight' });
		expect([stops(), document.activeElement]).toEqual([[-1, 0, -1], bar(middle)]);
		await fireEvent.keyDown(document.activeElement as Element, { key: 'End', shiftKey: true });
		await fireEvent.click(document.activeElement as Element, { detail: 0 });
		expect(onpick.mock.calls).toEqual([[0, 1]]);
	});
	it('takes what the mouse is dragged over, in either direction', async () => {
		await fireEvent.pointerDown(bar(/^0\.50/), { button: 0 });
		await fireEvent.pointerEnter(bar(/^−0\.50/));
		await fireEvent.pointerUp(window);
		expect(onpick.mock.calls).toEqual([[-0.5, 1]]);
	});
});
