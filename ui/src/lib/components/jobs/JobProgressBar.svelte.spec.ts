// @vitest-environment jsdom
import { render, screen } from '@testing-library/svelte';
import { expect, it } from 'vitest';
import type { Job, PhaseEvent, ProgressEvent } from '#lib/api/client.ts';
import JobProgressBar from './JobProgressBar.svelte';

const job = {
	status: 'running',
	processed: 10,
	total: 1000,
	started_at: null,
	finished_at: null
} as Job;
const progress = {
	processed: 250,
	total: 1000,
	rate: 12,
	eta_s: 62,
	elapsed_s: 20
} as ProgressEvent;
const phases = [
	{ phase: 'generate', count: 1000, rejected: {} },
	{ phase: 'backtest', count: 1000, rejected: {} }
] as unknown as PhaseEvent[];
const bar = () => screen.getByRole('progressbar');

it('says how far it is and what is left', () => {
	render(JobProgressBar, { job, progress, phases });
	expect(bar().getAttribute('aria-valuenow')).toBe('25');
	expect(bar().getAttribute('aria-valuetext')).toBe(
		'Running, backtest, 250 of 1,000, about 1 min 2 s left'
	);
	expect(screen.getByText('12 per second')).toBeTruthy();
	expect(screen.getAllByRole('listitem').map((l) => l.getAttribute('aria-current'))).toEqual([
		null,
		'step'
	]);
});
it('has no value while the end is unknown', () => {
	render(JobProgressBar, { job: { ...job, processed: 0, total: null }, compact: true });
	expect([bar().hasAttribute('aria-valuenow'), bar().getAttribute('aria-valuetext')]).toEqual([
		false,
		'Running'
	]);
});
