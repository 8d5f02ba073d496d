// @vitest-environment jsdom
import { fireEvent, screen, within } from '@testing-library/svelte';
import { beforeEach, expect, it, vi } from 'vitest';
import type { Strategy } from '#lib/api/client.ts';
import { renderInFrame } from '#lib/components/frame.spec-helper.ts';
import type { Detail } from '#lib/features/strategies/detail.svelte.ts';
import { overfitting, purged, validation } from './fixtures.spec-helper.ts';
import LuckTab from './LuckTab.svelte';

const calls = vi.hoisted(() => ({ overfitting: vi.fn(), validation: vi.fn() }));
vi.mock('./calls.ts', () => calls);
vi.mock('$app/paths', () => ({ resolve: (path: string) => path }));
vi.mock('#lib/components/charts/plot.ts', () => ({
	mount: () => [undefined, () => undefined],
	stand: () => undefined
}));

const strategy = {
	expr_hash: 'f92233acf375',
	run_id: 'f419be2bc1dda8b0',
	dataset: 'fx',
	metrics: { ann_sharpe: 0.41, n: 5701 }
} as Strategy;
const none = () => undefined;
const show = () =>
	renderInFrame(LuckTab, {
		strategy,
		detail: { sheet: null } as Detail,
		date: undefined,
		onpick: none,
		ontab: none
	});

beforeEach(() => {
	calls.overfitting.mockReset().mockResolvedValue(overfitting);
	calls.validation
		.mockReset()
		.mockImplementation((_of, { method }) => (method === 'purged' ? purged : validation));
});

it('begins with the verdict', async () => {
	show();
	expect(await screen.findByText('Luck explains it')).toBeTruthy();
	expect(
		screen.getByText(/Of 60 tries on these data, luck alone would show about 2\.33/)
	).toBeTruthy();
	expect(screen.getByText('8% (0% to 24%)')).toBeTruthy();
	expect(screen.getByRole('link', { name: 'Show the job' })).toBeTruthy();
});

it('draws one fold or all, and asks anew for another kind', async () => {
	show();
	const fold = await screen.findByRole('button', { name: /^Fold 2/ });
	await fireEvent.click(fold);
	expect(fold.getAttribute('aria-pressed')).toBe('true');
	await fireEvent.click(screen.getByRole('radio', { name: 'Purged' }));
	await vi.waitFor(() => expect(screen.queryByRole('button', { name: /^Fold 2/ })).toBeNull());
	expect(screen.getByText(/Left out: 1 before, 6 after/)).toBeTruthy();
	const table = screen.getByRole('table', { name: /^Folds/ });
	expect(within(table).getByText(/and 2008-01-14 to 2012-01-03/)).toBeTruthy();
});

it('says what could not be worked out, and tries again', async () => {
	calls.overfitting.mockRejectedValueOnce(new Error('No such run.'));
	show();
	const alert = await screen.findByRole('alert');
	expect(alert.textContent).toContain('No such run.');
	await fireEvent.click(within(alert).getByRole('button', { name: 'Retry' }));
	expect(await screen.findByText('Luck explains it')).toBeTruthy();
});

it('says why a run that no search made has no probability of overfitting', async () => {
	calls.overfitting.mockResolvedValue({ ...overfitting, job_id: null, pbo: null });
	show();
	expect(await screen.findByText(/No search made this run/)).toBeTruthy();
});
