// @vitest-environment jsdom
import { fireEvent, screen, within } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import type { BookParams, EquityCurve, Metrics, Sheet } from '#lib/api/client.ts';
import { METRIC_NAMES } from '#lib/utils/metrics.ts';
import { renderInFrame } from '../frame.spec-helper.ts';
import ResultView from './ResultView.svelte';

vi.mock('#lib/components/charts/plot.ts', () => ({
	mount: () => [undefined, () => undefined],
	stand: () => undefined
}));
vi.stubGlobal(
	'ResizeObserver',
	class {
		observe() {}
		unobserve() {}
		disconnect() {}
	}
);

const metrics = {
	...Object.fromEntries(METRIC_NAMES.map((m) => [m, null])),
	ann_sharpe: 0.81,
	max_dd: -0.2
} as Metrics;
const dates = ['2020-01-02', '2020-06-01', '2020-12-30', '2021-06-01'];
const curve: EquityCurve = {
	expr_hash: 'h',
	base_currency: null,
	dates,
	equity: [1, 1.1, 1, 1.2],
	drawdown: [0, 0, -0.1, 0],
	benchmark: [1, 1, 1, 1],
	rolling_sharpe: [null, null, null, null]
};
const sheet: Sheet = {
	benchmark_name: 'Equal weight',
	monthly: [{ year: 2020, month: 1, value: 0.01 }],
	yearly: [{ year: 2020, value: 0.01, benchmark: 0.02 }],
	drawdowns: [{ start: '2020-06-01', trough: '2020-12-30', end: null, depth: -0.1, days: 200 }],
	daily: { edges: [-0.01, 0, 0.01], counts: [3, 4], median: 0.001 },
	rolling_window: 126
};
const params = {
	sizing: 'raw',
	rebalance: 'daily',
	cap: 0.05,
	max_lev: 1,
	execution_lag: 1,
	max_stale: 5,
	cost_bps: 5,
	borrow_bps: 0,
	delisting_return: 0,
	smooth_ema: null,
	neutralize: null,
	start: null,
	end: null
} as BookParams;
const show = (more = {}) =>
	renderInFrame(ResultView, {
		metrics,
		curve,
		sheet,
		params,
		conventions: { ann_sharpe: 'mean over sd' },
		...more
	});
const card = (name: string) => screen.getByRole('group', { name });

it('shows the headline with its convention', () => {
	show();
	expect(card('Sharpe ratio').textContent?.trim()).toMatch(/0\.81$/);
	expect(within(card('Sharpe ratio')).getByTitle(/mean over sd/)).toBeTruthy();
	expect(card('Calmar ratio').textContent).toContain('—');
});
it('measures against another run', () => {
	show({ baseline: { ...metrics, ann_sharpe: 0.5, max_dd: null } });
	expect(card('Sharpe ratio').textContent).toContain('+0.31');
	expect(card('Max drawdown').textContent).toMatch(/— *\s*vs/);
});
it('opens all metrics', async () => {
	show();
	const more = screen.getByRole('button', { name: 'All metrics' });
	expect(more.getAttribute('aria-expanded')).toBe('false');
	await fireEvent.click(more);
	expect(screen.getByRole('button', { name: 'Fewer metrics' }).getAttribute('aria-expanded')).toBe(
		'true'
	);
	expect(screen.getByText('Omega ratio')).toBeTruthy();
});
it('warns, and tells the settings', () => {
	show({ warnings: ['3 symbols were sold at their last price.'] });
	expect(
		within(screen.getByRole('list', { name: 'Warnings' })).getAllByRole('listitem')
	).toHaveLength(1);
	expect(screen.getByText('Largest position').nextElementSibling?.textContent).toBe('5.0%');
});
it('shows a year or a fall in the chart', async () => {
	show();
	const zoomed = () => screen.queryAllByRole('button', { name: /^Show everything/ }).length > 0;
	expect(zoomed()).toBe(false);
	await fireEvent.click(screen.getByRole('button', { name: '2020' }));
	expect(zoomed()).toBe(true);
	await fireEvent.click(screen.getByRole('button', { name: 'All' }));
	await fireEvent.click(screen.getByRole('button', { name: '2020-06-01' }));
	expect(zoomed()).toBe(true);
	expect(screen.getByText('not yet')).toBeTruthy();
});
