// @vitest-environment jsdom
import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import Button from './Button.svelte';
import NumberInput from './NumberInput.svelte';
import Segmented from './Segmented.svelte';

describe('a field for numbers', () => {
	const field = () => screen.getByRole<HTMLInputElement>('spinbutton');

	it('shows a fraction as per cent and steps in per cent', async () => {
		render(NumberInput, { value: 0.05, scale: 100, min: 0, max: 1, unit: '%' });
		expect([field().value, field().getAttribute('aria-valuetext')]).toEqual(['5', '5 %']);
		await fireEvent.keyDown(field(), { key: 'ArrowUp' });
		expect(field().value).toBe('6');
		await fireEvent.keyDown(field(), { key: 'PageDown' });
		expect(field().value).toBe('0');
	});
	it('marks what it does not understand and goes back to the last number', async () => {
		render(NumberInput, { value: 5, integer: true, max: 10 });
		await fireEvent.input(field(), { target: { value: '11' } });
		expect(field().getAttribute('aria-invalid')).toBe('true');
		await fireEvent.blur(field());
		expect([field().value, field().getAttribute('aria-invalid')]).toEqual(['5', null]);
	});
	it('leaves the text alone while one types', async () => {
		render(NumberInput, { value: 1 });
		await fireEvent.input(field(), { target: { value: '0.50' } });
		expect([field().value, field().getAttribute('aria-valuenow')]).toEqual(['0.50', '0.5']);
	});
});

describe('a button', () => {
	it('keeps the focus but does nothing while it is busy', async () => {
		const onclick = vi.fn();
		render(Button, { busy: true, onclick });
		const button = screen.getByRole('button');
		button.focus();
		await fireEvent.click(button);
		expect([onclick.mock.calls, document.activeElement, button.hasAttribute('disabled')]).toEqual([
			[],
			button,
			false
		]);
	});
});

it('one segment is chosen', async () => {
	const onchange = vi.fn();
	const options = ['1M', '1Y'].map((label) => ({ value: label, label }));
	render(Segmented, { value: '1M', options, label: 'Range', onchange });
	await fireEvent.click(screen.getByRole('radio', { name: '1Y' }));
	expect([
		onchange.mock.calls,
		screen.getAllByRole<HTMLInputElement>('radio').map((r) => r.checked)
	]).toEqual([[['1Y']], [false, true]]);
});
