// @vitest-environment jsdom
import { render, screen } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import Sparkline from './Sparkline.svelte';

it('is decoration without a label and a picture with one', async () => {
	const { container, rerender } = render(Sparkline, { values: [0, 1] });
	expect(container.querySelector('svg')?.getAttribute('aria-hidden')).toBe('true');
	await rerender({ label: 'Growth' });
	expect(screen.getByRole('img', { name: 'Growth' })).toBeTruthy();
});
