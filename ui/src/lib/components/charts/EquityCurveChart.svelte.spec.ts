// @vitest-environment jsdom
import { fireEvent, render, screen } from '@testing-library/svelte';
import { expect, it, vi } from 'vitest';
import type { EquityCurve } from '#lib/api/client.ts';
import EquityCurveChart from './EquityCurveChart.svelte';

vi.mock('./plot.ts', () => ({ mount: () => [undefined, () => undefined], stand: () => undefined }));

const dates = Array.from(
	{ length: 40 },
	(_, i) => `${2000 + Math.floor(i / 2)}-0${(i % 2) * 5 + 1}-01`
);
const curve: EquityCurve = {
	expr_hash: 'h',
	base_currency: 'SEK',
	dates,
	equity: dates.map((_, i) => 1 + i / 10),
	drawdown: dates.map(() => 0),
	benchmark: dates.map(() => 1),
	rolling_sharpe: dates.map((_, i) => (i < 5 ? null : 1))
};
const names = () =>
	screen.getAllByRole('slider').map((s) => s.getAttribute('aria-label')?.split('. ')[0]);
const button = (name: string) => screen.getByRole('button', { name });

it('draws growth, drawdown and rolling Sharpe', () => {
	render(EquityCurveChart, { curve, rollingWindow: 126, benchmarkName: 'Equal weight' });
	expect(names()).toEqual(['Growth of 1 SEK', 'Drawdown', 'Rolling Sharpe, 126 days']);
	expect(button('Equal weight').getAttribute('aria-pressed')).toBe('true');
});
it('leaves out a rolling line without values', () => {
	render(EquityCurveChart, {
		curve: { ...curve, base_currency: null, rolling_sharpe: dates.map(() => null) }
	});
	expect(names()).toEqual(['Growth of 1', 'Drawdown']);
});
it('shows the last years in all charts and everything again', async () => {
	render(EquityCurveChart, { curve });
	await fireEvent.click(button('5Y'));
	expect([button('5Y'), button('All')].map((b) => b.getAttribute('aria-pressed'))).toEqual([
		'true',
		'false'
	]);
	expect(screen.getAllByRole('button', { name: /^Show everything/ })).toHaveLength(3);
	await fireEvent.click(button('All'));
	expect(screen.queryAllByRole('button', { name: /^Show everything/ })).toHaveLength(0);
});
