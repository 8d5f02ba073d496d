// @vitest-environment jsdom
import { fireEvent, screen, within } from '@testing-library/svelte';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Strategy } from '#lib/api/client.ts';
import { renderInFrame } from '#lib/components/frame.spec-helper.ts';
import { figures, lockbox } from './fixtures.spec-helper.ts';
import OpenLockbox from './OpenLockbox.svelte';

const { openLockbox, open } = vi.hoisted(() => ({ openLockbox: vi.fn(), open: vi.fn() }));
vi.mock('./calls.ts', () => ({ openLockbox }));
vi.mock('#lib/features/strategies/links.ts', () => ({
	open,
	strategyHref: (hash: string, run: string) => `/strategies/${hash}?run=${run}`
}));

const strategy = { expr_hash: 'h', run_id: 'r' } as Strategy;
const opened = {
	lockbox: { ...lockbox, openings: 1, own: 1, text: 'Looked at 1 time.' },
	strategy: { expr_hash: 'h', run_id: 'new' },
	open: figures(1),
	locked: figures(0.5)
};
const onopened = vi.fn();
const show = () => renderInFrame(OpenLockbox, { open: true, strategy, lockbox, onopened });
const look = () => screen.getByRole('button', { name: 'Open it and run' });

beforeEach(() => {
	[openLockbox, open, onopened].forEach((f) => f.mockReset());
	HTMLDialogElement.prototype.showModal ??= function () {
		this.open = true;
	};
	HTMLDialogElement.prototype.close ??= function () {
		this.open = false;
	};
});

it('opens only for who says it is understood', async () => {
	show();
	await fireEvent.click(look());
	expect(openLockbox).not.toHaveBeenCalled();
	expect(screen.getByText(/cannot be undone/)).toBeTruthy();
});

it('shows both parts side by side and leads to the new run', async () => {
	openLockbox.mockResolvedValue(opened);
	show();
	await fireEvent.click(screen.getByLabelText('I understand that this look is counted for good'));
	await fireEvent.click(look());
	const row = within(await screen.findByRole('table')).getByRole('row', { name: /Sharpe/ });
	expect(row.textContent?.trim()).toMatch(/1\.000\.50−0\.50$/);
	expect(screen.getByRole('status').textContent?.trim()).toBe(
		'Of its Sharpe ratio 50% was left on the locked dates.'
	);
	expect(onopened).toHaveBeenCalledTimes(1);
	await fireEvent.click(screen.getByRole('button', { name: 'Show the run over all dates' }));
	expect(open).toHaveBeenCalledWith('/strategies/h?run=new');
});

it('says what went wrong', async () => {
	openLockbox.mockRejectedValue(new Error('The data are gone.'));
	show();
	await fireEvent.click(screen.getByLabelText('I understand that this look is counted for good'));
	await fireEvent.click(look());
	expect((await screen.findByRole('alert')).textContent).toContain('The data are gone.');
	expect(onopened).not.toHaveBeenCalled();
});
