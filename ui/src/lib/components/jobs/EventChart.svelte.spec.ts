// @vitest-environment jsdom
import { render, screen } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import EventChart from './EventChart.svelte';

vi.mock('#lib/components/charts/plot.ts', () => ({
	mount: () => [undefined, () => undefined],
	stand: () => undefined
}));

it('follows the best so far', async () => {
	const { rerender } = render(EventChart, { results: [{ sharpe: 0.5 }] });
	const told = () => screen.getByRole('slider').getAttribute('aria-label');
	await vi.waitFor(() => expect(told()).toContain('Best so far from 0.50 to 0.50'));
	await rerender({ results: [{ sharpe: 0.5 }, { sharpe: null }, { sharpe: 1.25 }] });
	await vi.waitFor(() => expect(told()).toContain('Best so far from 0.50 to 1.25'));
});
