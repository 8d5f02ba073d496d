// @vitest-environment jsdom
import { fireEvent, screen } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import { renderInFrame } from '#lib/components/frame.spec-helper.ts';
import DayBar from './DayBar.svelte';
import { daysOf } from './days.ts';

const days = daysOf(['2020-01-02', '2020-01-03', '2020-01-06']);

function show(date: string) {
	const [onpick, onstep] = [vi.fn(), vi.fn()];
	const extremes = {
		worst: { date: '2020-01-02', change: -0.1 },
		best: { date: '2020-01-06', change: 0.1 }
	};
	renderInFrame(DayBar, { days, date, extremes, onpick, onstep });
	return { onpick, onstep, field: screen.getByRole('textbox', { name: 'Day' }) };
}

it('steps by buttons and keys', async () => {
	const { field, onstep } = show('2020-01-03');
	const before = screen.getByRole('button', { name: 'Day before, 2020-01-02' });
	await fireEvent.click(before);
	expect(onstep).toHaveBeenLastCalledWith('2020-01-02', -1);
	await fireEvent.keyDown(before, { key: 'ArrowRight' });
	expect(onstep).toHaveBeenLastCalledWith('2020-01-06', 1);
	await fireEvent.keyDown(field, { key: 'ArrowDown' });
	expect(onstep).toHaveBeenLastCalledWith('2020-01-02', -1);
	// These move in the text.
	await fireEvent.keyDown(field, { key: 'ArrowLeft' });
	expect(onstep).toHaveBeenCalledTimes(3);
});

it('does not go beyond the ends', async () => {
	const { onstep, field } = show('2020-01-06');
	await fireEvent.click(screen.getByRole('button', { name: 'The last day of the run' }));
	await fireEvent.keyDown(field, { key: 'ArrowUp' });
	expect(onstep).not.toHaveBeenCalled();
});

it('takes a day as it is written, and says where the run is', async () => {
	const { onpick, field } = show('2021-05-05');
	expect(screen.getByText('The run goes from 2020-01-02 to 2020-01-06.')).toBeTruthy();
	await fireEvent.input(field, { target: { value: '2020-01-03' } });
	await fireEvent.keyDown(field, { key: 'Enter' });
	expect(onpick).toHaveBeenLastCalledWith('2020-01-03');
	await fireEvent.click(screen.getByRole('button', { name: /^Worst day/ }));
	expect(onpick).toHaveBeenLastCalledWith('2020-01-02');
});
