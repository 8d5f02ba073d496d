// @vitest-environment jsdom
import { render, screen } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import HistogramSharpe from './HistogramSharpe.svelte';

vi.stubGlobal(
	'ResizeObserver',
	class {
		observe() {}
		unobserve() {}
		disconnect() {}
	}
);

it('writes Sharpe ratios and says what the luck line is', () => {
	const bins = { edges: [0, 0.5], counts: [3], median: null };
	render(HistogramSharpe, { bins, luck: [2] });
	expect(screen.getByRole('button', { name: '0.00 to 0.50: 3 strategies' })).toBeTruthy();
	expect(screen.getByText('If nobody had skill')).toBeTruthy();
});
