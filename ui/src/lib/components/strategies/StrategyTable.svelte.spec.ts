// @vitest-environment jsdom
import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { StrategySummary } from '#lib/api/client.ts';
import { BlockRows } from '#lib/state/block-rows.svelte.ts';
import { renderInFrame } from '../frame.spec-helper.ts';
import StrategyTable from './StrategyTable.svelte';

const strategy = (i: number) =>
	({
		run_id: `r${i}`,
		expr_hash: `h${i}`,
		expr: `lag(x, ${i})`,
		metrics: { ann_sharpe: 2 - i / 1000 },
		complexity_score: 5,
		created_at: '2026-01-01T00:00:00Z',
		dataset: 'omx',
		tradable: true,
		ruined: i === 1
	}) as StrategySummary;

const of = (total: number, fail = () => false) =>
	new BlockRows<StrategySummary>(async (offset, limit) => {
		if (fail()) throw new Error('The engine does not answer.');
		const length = Math.max(0, Math.min(limit, total - offset));
		return { items: Array.from({ length }, (_, i) => strategy(offset + i)), total };
	});

const calls = { onopen: vi.fn(), onsort: vi.fn(), onselect: vi.fn() };
const show = (rows: BlockRows<StrategySummary>, more = {}) =>
	renderInFrame(StrategyTable, {
		rows,
		order: '-ann_sharpe',
		selected: new Set<string>(),
		...calls,
		...more
	});
const grid = () => screen.getByRole('grid');
const press = (key: string, more = {}) => fireEvent.keyDown(grid(), { key, ...more });
const active = () => {
	const id = grid().getAttribute('aria-activedescendant');
	return id ? document.getElementById(id)?.getAttribute('aria-rowindex') : null;
};
const loaded = (text = 'lag(x, 0)') => waitFor(() => screen.getByText(text));

beforeEach(() => {
	vi.clearAllMocks();
	vi.stubGlobal(
		'ResizeObserver',
		class {
			observe() {}
			unobserve() {}
			disconnect() {}
		}
	);
	vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(310);
});

describe('a table of strategies', () => {
	it('draws the rows in view of many', async () => {
		show(of(100_000));
		expect(grid().getAttribute('aria-busy')).toBe('true');
		await loaded();
		expect([grid().getAttribute('aria-rowcount'), grid().getAttribute('aria-busy')]).toEqual([
			'100001',
			'false'
		]);
		expect(screen.getAllByRole('row').length).toBeLessThan(40);
		expect(screen.getByText('ruined')).toBeTruthy();
	});
	it('moves by keys and fetches what it comes to', async () => {
		show(of(100_000));
		await loaded();
		await press('ArrowDown');
		await press('j');
		expect(active()).toBe('4');
		await press('PageDown');
		expect(active()).toBe('13');
		await press('End');
		await fireEvent.scroll(grid());
		expect(grid().scrollTop).toBe(100_000 * 28 - 280);
		await loaded('lag(x, 99999)');
		expect(active()).toBe('100001');
	});
	it('opens by enter, by the expression and by a double click', async () => {
		show(of(10));
		await loaded();
		await press('ArrowDown');
		await press('Enter');
		await fireEvent.click(screen.getByText('lag(x, 2)'));
		await fireEvent.dblClick(screen.getAllByText('2.00')[0]);
		expect(calls.onopen.mock.calls.map(([s]) => s.expr_hash)).toEqual(['h1', 'h2', 'h0']);
	});
	it('chooses by space, with control and over a range', async () => {
		const selected = new Set(['r1']);
		show(of(10), { selected });
		await loaded();
		const last = () => {
			const [rows, on] = calls.onselect.mock.lastCall ?? [];
			return [rows?.map((s: StrategySummary) => s.run_id).join(), on];
		};
		await press(' ');
		expect(last()).toEqual(['r0', true]);
		await fireEvent.click(screen.getAllByRole('row')[2], { ctrlKey: true });
		expect(last()).toEqual(['r1', false]);
		await fireEvent.click(screen.getAllByRole('row')[4], { shiftKey: true });
		expect(last()).toEqual(['r1,r2,r3', true]);
		await press('ArrowDown', { shiftKey: true });
		expect(last()).toEqual(['r3,r4', true]);
		expect(screen.getAllByRole('row')[2].getAttribute('aria-selected')).toBe('true');
	});
	it('cannot choose where nobody asks', async () => {
		show(of(10), { onselect: undefined });
		await loaded();
		await press(' ');
		expect([
			calls.onselect.mock.calls.length,
			screen.getAllByRole('row')[1].hasAttribute('aria-selected')
		]).toEqual([0, false]);
	});
	it('orders by a click on a name', async () => {
		show(of(10));
		await loaded();
		const head = (name: RegExp) => screen.getByRole('columnheader', { name });
		expect([
			head(/Sharpe/).ariaSort ?? head(/Sharpe/).getAttribute('aria-sort'),
			head(/Return/).getAttribute('aria-sort')
		]).toEqual(['descending', 'none']);
		await fireEvent.click(screen.getByRole('button', { name: /Sharpe/ }));
		await fireEvent.click(screen.getByRole('button', { name: /Return/ }), { shiftKey: true });
		expect(calls.onsort.mock.calls).toEqual([['ann_sharpe'], ['-ann_sharpe,-ann_return']]);
	});
	it('begins at the first row after another question', async () => {
		const rows = of(1000);
		show(rows);
		await loaded();
		await press('PageDown');
		await fireEvent.scroll(grid());
		rows.reset();
		await waitFor(() => expect([active(), grid().scrollTop]).toEqual(['2', 0]));
	});
	it('says what failed and tries again', async () => {
		let down = true;
		show(of(10, () => down));
		const retry = await waitFor(() => screen.getByRole('button', { name: 'Retry' }));
		expect(screen.getByRole('alert').textContent).toContain('The engine does not answer.');
		down = false;
		await fireEvent.click(retry);
		await loaded();
		expect(screen.queryByRole('alert')).toBeNull();
	});
	it('says when there is nothing, and points at no row', async () => {
		show(of(0));
		await waitFor(() => screen.getByText('No strategies.'));
		expect([grid().getAttribute('aria-rowcount'), active()]).toEqual(['1', null]);
	});
	it('shows the columns asked for', async () => {
		show(of(10), { columns: ['expr', 'calmar'], onselect: undefined });
		await loaded();
		expect(screen.getAllByRole('columnheader').map((h) => h.textContent?.trim())).toEqual([
			'Expression',
			'Calmar'
		]);
	});
});
