// @vitest-environment jsdom
import { fireEvent, screen, within } from '@testing-library/svelte';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Robustness, Strategy, Stress } from '#lib/api/client.ts';
import { renderInFrame } from '#lib/components/frame.spec-helper.ts';
import { makeStress, stressOf } from './calls.ts';
import RobustnessTab from './RobustnessTab.svelte';

vi.mock('./calls.ts', () => ({ stressOf: vi.fn(), makeStress: vi.fn() }));

const strategy = {
	expr_hash: 'h',
	run_id: 'r',
	dataset: 'd',
	params: { cost_bps: 5 }
} as Strategy;
const robustness: Robustness = {
	ann_sharpe: 1,
	ann_return: 0.1,
	max_dd: -0.2,
	turnover: 0.3,
	break_even_bps: 20,
	variants: Array.from({ length: 8 }, (_, i) => ({
		group: 'neighbours' as const,
		label: `ts_mean: 20 to ${30 - i} days`,
		expr: `ts_mean(close, ${30 - i})`,
		ann_sharpe: i / 10,
		ann_return: 0,
		max_dd: -0.1,
		turnover: 0.1,
		kept: i / 10,
		verdict: 'fails' as const,
		error: null
	})),
	groups: [{ group: 'neighbours', verdict: 'fails', text: 'Of 8 expressions 8 fail.' }],
	verdict: 'fails',
	engine_version: 2
};
const stress = (of: Robustness | null): Stress => ({
	expr_hash: 'h',
	run_id: 'r',
	created_at: of && '2020-01-01T00:00:00Z',
	robustness: of
});

beforeEach(() => vi.resetAllMocks());

it('runs the checks on demand, and says what is run', async () => {
	let done: (value: Stress) => void = () => undefined;
	vi.mocked(stressOf).mockResolvedValue(stress(null));
	vi.mocked(makeStress).mockReturnValue(new Promise((settle) => (done = settle)));
	renderInFrame(RobustnessTab, { strategy });
	await fireEvent.click(await screen.findByRole('button', { name: 'Run the checks' }));
	expect(screen.getByText('each third of the dates by itself')).toBeTruthy();
	expect(makeStress).toHaveBeenCalledWith('h', 'r');
	done(stress(robustness));
	expect(await screen.findByText(/Little or nothing is left/)).toBeTruthy();
	expect(screen.getByText(/breaks even at costs of 20.0 basis points/)).toBeTruthy();
});

it('shows the lowest neighbours first, the others on demand, and leads to each', async () => {
	vi.mocked(stressOf).mockResolvedValue(stress(robustness));
	renderInFrame(RobustnessTab, { strategy });
	const table = await screen.findByRole('table');
	const links = () => within(table).getAllByRole('link');
	expect(links()).toHaveLength(6);
	expect(links()[0].getAttribute('href')).toContain('expr=ts_mean%28close%2C+30%29&dataset=d');
	await fireEvent.click(screen.getByRole('button', { name: 'All 8, the lowest first' }));
	expect(links()).toHaveLength(8);
	expect(screen.getByText('Worked out 2020-01-01')).toBeTruthy();
});

it('keeps the table when another try fails', async () => {
	vi.mocked(stressOf).mockResolvedValue(stress(robustness));
	vi.mocked(makeStress).mockRejectedValue(new Error('The engine is busy.'));
	renderInFrame(RobustnessTab, { strategy });
	await fireEvent.click(await screen.findByRole('button', { name: 'Again' }));
	expect(await screen.findByText('The engine is busy.')).toBeTruthy();
	expect(screen.getByRole('table')).toBeTruthy();
});

it('can be asked again when the table does not come', async () => {
	vi.mocked(stressOf).mockRejectedValueOnce(new Error('No.')).mockResolvedValue(stress(null));
	renderInFrame(RobustnessTab, { strategy });
	await fireEvent.click(await screen.findByRole('button', { name: 'Retry' }));
	expect(await screen.findByRole('button', { name: 'Run the checks' })).toBeTruthy();
});
