// @vitest-environment jsdom
import { fireEvent, render, screen, within } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Options } from 'uplot';
import LineChart from './LineChart.svelte';

/** What uPlot is told: jsdom has no canvas to draw on. */
const { FakePlot, made } = vi.hoisted(() => {
	class FakePlot {
		series: { show: boolean }[];
		scale: unknown;
		destroyed = false;
		cursor: { idx: number | null; left: number } = { idx: null, left: 0 };
		bbox = { left: 56 };
		width = 600;
		constructor(
			readonly options: Options,
			public data: (number | null)[][]
		) {
			this.series = data.map(() => ({ show: true }));
			made.push(this);
		}
		batch = (f: () => void) => f();
		setData = (data: (number | null)[][]) => (this.data = data);
		setSeries = (i: number, { show }: { show: boolean }) => (this.series[i].show = show);
		setScale = (_key: string, at: unknown) => (this.scale = at);
		valToPos = (v: number) => v;
		setCursor = ({ left }: { left: number }) => {
			const idx = this.data[0].indexOf(left);
			this.cursor = { idx: idx < 0 ? null : idx, left };
			this.options.hooks?.setCursor?.forEach((f) => f?.(this as never));
		};
		destroy = () => (this.destroyed = true);
	}
	const made: FakePlot[] = [];
	return { FakePlot, made };
});
vi.mock('uplot', () => ({ default: Object.assign(FakePlot, { pxRatio: 1 }) }));

beforeEach(() => {
	made.length = 0;
	vi.stubGlobal(
		'ResizeObserver',
		class {
			observe() {}
			disconnect() {}
		}
	);
});

const x = ['2020-01-01', '2020-01-02', '2020-01-03', '2020-01-06'];
const series = [
	{ label: 'A', values: [1, 2, -1, 4] },
	{ label: 'B', values: [1, null, 3, 4] }
];
const props = {
	label: 'Growth',
	x,
	series,
	format: (v?: number | null) => (v === null || v === undefined ? '—' : v.toFixed(1))
};
const slider = () => screen.getByRole('slider');
const last = () => made[made.length - 1];
/** What draws comes a little later than the chart. */
const drawn = () => vi.waitFor(() => expect(last().scale).toBeTruthy());
const press = (key: string) => fireEvent.keyDown(slider(), { key });

describe('a line chart', () => {
	it('says in words what it shows', () => {
		render(LineChart, props);
		expect(slider().getAttribute('aria-label')).toMatch(
			/^Growth\. A from 1\.0 to 4\.0, between −?-?1\.0 and 4\.0; B /
		);
	});
	it('moves the crosshair with the arrows and reads the values', async () => {
		render(LineChart, props);
		await drawn();
		await press('ArrowRight');
		await press('ArrowRight');
		expect(slider().getAttribute('aria-valuetext')).toBe('2020-01-02: A 2.0, B —');
		await press('End');
		expect(slider().getAttribute('aria-valuenow')).toBe('3');
		await press('Escape');
		expect(slider().getAttribute('aria-valuetext')).toBe('No point chosen');
	});
	it('zooms with the keyboard, and back', async () => {
		render(LineChart, props);
		await drawn();
		const all = last().scale;
		await press('+');
		expect(last().scale).not.toEqual(all);
		expect(screen.getByRole('button', { name: 'Show everything: Growth' })).toBeTruthy();
		await press('0');
		expect(last().scale).toEqual(all);
		expect(screen.queryByRole('button', { name: /Show everything/ })).toBeNull();
	});
	it('hides a series from the picture, the words and the table', async () => {
		render(LineChart, props);
		await drawn();
		await fireEvent.click(screen.getByRole('button', { name: 'B' }));
		expect(last().series.map((s) => s.show)).toEqual([true, true, false]);
		expect(slider().getAttribute('aria-label')).not.toContain('B from');
		await fireEvent.click(screen.getByRole('button', { name: 'View as table: Growth' }));
		expect(screen.getAllByRole('columnheader').map((h) => h.textContent)).toEqual(['Date', 'A']);
	});
	it('shows the part in view as a table', async () => {
		render(LineChart, { ...props, range: ['2020-01-02', '2020-01-03'] });
		await drawn();
		await fireEvent.click(screen.getByRole('button', { name: 'View as table: Growth' }));
		const rows = within(screen.getByRole('table')).getAllByRole('row');
		expect(rows.map((r) => r.textContent?.replaceAll(/\s/g, ''))).toEqual([
			'DateAB',
			'2020-01-022.0—',
			'2020-01-03-1.03.0'
		]);
		expect(last().destroyed).toBe(true);
	});
	it('takes new values without being built anew, and none below zero on a log scale', async () => {
		const { rerender } = render(LineChart, props);
		await drawn();
		await rerender({ series: [{ label: 'A', values: [5, 6, 7, 8] }, series[1]] });
		expect([made.length, last().data[1]]).toEqual([1, [5, 6, 7, 8]]);
		await rerender({ series, log: true });
		expect([made.length, made[0].destroyed, last().data[1]]).toEqual([2, true, [1, 2, null, 4]]);
	});
	it('draws itself anew when the theme changes', async () => {
		render(LineChart, props);
		await drawn();
		document.documentElement.dataset.theme = 'dark';
		await vi.waitFor(() => expect(made.length).toBe(2));
		expect(made[0].destroyed).toBe(true);
	});
	it('stands without data', () => {
		render(LineChart, { ...props, x: [], series: [{ label: 'A', values: [] }] });
		expect(screen.getByText('No values to draw.')).toBeTruthy();
	});
	it('gives the point that is clicked, or where Enter is pressed', async () => {
		const onpick = vi.fn();
		render(LineChart, { ...props, onpick, pickText: 'explains the day' });
		await drawn();
		expect(slider().getAttribute('aria-label')).toContain('Enter explains the day.');
		await press('Enter');
		expect(onpick).not.toHaveBeenCalled();
		await press('ArrowRight');
		await press('Enter');
		await press('ArrowRight');
		await fireEvent.pointerDown(slider(), { clientX: 5, clientY: 5 });
		await fireEvent.click(slider(), { clientX: 5, clientY: 5, detail: 1 });
		expect(onpick.mock.calls).toEqual([['2020-01-01'], ['2020-01-02']]);
	});
	it('says what is shaded', () => {
		const shades = [{ from: x[1], to: x[2], tone: 'locked' as const, label: 'Lockbox' }];
		render(LineChart, { ...props, shades });
		expect(slider().getAttribute('aria-label')).toContain('Lockbox: 2020-01-02 to 2020-01-03.');
	});
});
