// @vitest-environment jsdom
import { fireEvent, screen } from '@testing-library/svelte';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { tick } from 'svelte';
import type { LogLine } from '#lib/api/client.ts';
import { renderInFrame } from '../frame.spec-helper.ts';
import LogViewer from './LogViewer.svelte';

const levels = ['INFO', 'WARNING', 'ERROR'];
const line = (i: number): LogLine => ({
	seq: i,
	ts: '2026-01-01T10:00:00Z',
	level: levels[i % 3],
	job_id: '',
	event: '',
	message: `line ${i}`
});
const lines = Array.from({ length: 3000 }, (_, i) => line(i));
const log = () => screen.getByRole('region', { name: 'Log' });

beforeEach(() => {
	vi.stubGlobal(
		'ResizeObserver',
		class {
			observe() {}
			unobserve() {}
			disconnect() {}
		}
	);
	// The sizes a browser would give.
	vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(400);
	vi.spyOn(HTMLElement.prototype, 'scrollHeight', 'get').mockReturnValue(60_000);
});

describe('a log', () => {
	it('draws only the lines in view', () => {
		renderInFrame(LogViewer, { lines, follow: false });
		expect(log().textContent).toContain('line 0');
		expect(log().textContent).not.toContain('line 100');
	});
	it('filters by level and text and says how many are left', async () => {
		renderInFrame(LogViewer, { lines, follow: false });
		await fireEvent.click(screen.getByRole('radio', { name: 'Errors' }));
		expect(screen.getByText('1,000 of 3,000 lines')).toBeTruthy();
		await fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'LINE 299' } });
		expect([...log().querySelectorAll('mark')].map((m) => m.textContent)).toEqual(
			Array(5).fill('line 299')
		);
		await fireEvent.input(screen.getByRole('searchbox'), { target: { value: 'absent' } });
		expect(log().textContent).toContain('No line fits the level and the search.');
	});
	it('follows the newest until one scrolls up, then counts what is new', async () => {
		const { rerender } = renderInFrame(LogViewer, { lines });
		await tick();
		expect(log().scrollTop).toBe(60_000);
		await fireEvent.scroll(log());
		log().scrollTop = 1000;
		await fireEvent.scroll(log());
		expect(screen.getByRole('button', { name: 'Follow the newest' })).toBeTruthy();
		await rerender({ lines: [...lines, line(3000), line(3001)] });
		expect(log().scrollTop).toBe(1000);
		await fireEvent.click(screen.getByRole('button', { name: '2 new lines, follow' }));
		expect([log().scrollTop, screen.queryByRole('button', { name: /follow/i })]).toEqual([
			60_000,
			null
		]);
	});
	it('says why it is empty', () => {
		renderInFrame(LogViewer, { lines: [] });
		expect(log().textContent).toContain('Nothing has been logged yet.');
	});
});
