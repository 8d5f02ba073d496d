// @vitest-environment jsdom
import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import MonthlyHeatmap from './MonthlyHeatmap.svelte';

const monthly = [
	{ year: 2020, month: 1, value: 0.0123 },
	{ year: 2020, month: 3, value: -0.05 }
];
const yearly = [{ year: 2020, value: -0.04, benchmark: 0.1 }];
const cells = () => screen.getAllByRole('cell').map((c) => c.textContent?.trim());

it('is a table of signed numbers with the year and the benchmark beside', () => {
	render(MonthlyHeatmap, { monthly, yearly, benchmarkName: 'Equal weight' });
	expect(cells()).toEqual(['+1.2', '—', '−5.0', ...Array<string>(9).fill('—'), '−4.0', '+10.0']);
	expect(
		screen
			.getAllByRole('columnheader')
			.map((h) => h.textContent)
			.slice(-2)
	).toEqual(['Total', 'Benchmark']);
	expect(screen.getByTitle('Jan 2020: 0.0123')).toBeTruthy();
});
it('has no column for a benchmark that is not there, and tells the year clicked', async () => {
	const onyear = vi.fn();
	render(MonthlyHeatmap, { monthly, yearly: [{ ...yearly[0], benchmark: null }], onyear });
	expect(cells()).toHaveLength(13);
	await fireEvent.click(screen.getByRole('button', { name: '2020' }));
	expect(onyear).toHaveBeenCalledWith(2020);
});
