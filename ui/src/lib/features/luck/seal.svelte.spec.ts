import { beforeEach, expect, it, vi } from 'vitest';
import type { Strategy } from '#lib/api/client.ts';
import { lockbox, overfitting } from './fixtures.spec-helper.ts';
import { Seal } from './seal.svelte.ts';

const calls = vi.hoisted(() => ({ lockboxOf: vi.fn(), overfitting: vi.fn(), datesOf: vi.fn() }));
vi.mock('./calls.ts', () => calls);

const strategy = (last_date: string, is_current = true) =>
	({
		expr_hash: 'h',
		run_id: `run to ${last_date}`,
		fingerprint: 'f',
		data: { name: 'fx', is_current },
		spec: { last_date }
	}) as Strategy;

beforeEach(() => {
	calls.lockboxOf.mockReset().mockResolvedValue(lockbox);
	calls.overfitting.mockReset().mockResolvedValue(overfitting);
	calls.datesOf.mockReset().mockResolvedValue(['2021-04-12', '2021-04-13', '2021-04-14']);
});
const known = (seal: Seal) => vi.waitFor(() => expect(seal.lockbox).not.toBeNull());

it('asks for no dates of a run that ends before the lockbox', async () => {
	const seal = new Seal();
	seal.show(strategy('2021-04-12'));
	await known(seal);
	expect([seal.seen, calls.datesOf.mock.calls.length]).toEqual([0, 0]);
});

it('counts the locked dates of a run, and forgets them with the run', async () => {
	const seal = new Seal();
	seal.show(strategy('2026-10-30'));
	await vi.waitFor(() => expect(seal.seen).toBe(2));
	seal.show(strategy('2021-04-12'));
	// The lockbox is the same: it stays in view.
	expect([seal.seen, seal.lockbox]).toEqual([0, lockbox]);
});

it('asks about the version a run is from', async () => {
	const seal = new Seal();
	seal.show(strategy('2021-04-12', false));
	await known(seal);
	expect([calls.lockboxOf.mock.calls.length, calls.overfitting.mock.calls.length]).toEqual([0, 1]);
});

it('tells what went wrong, and tries again', async () => {
	calls.lockboxOf.mockRejectedValueOnce(new Error('gone'));
	const seal = new Seal();
	seal.show(strategy('2021-04-12'));
	await vi.waitFor(() => expect(seal.error?.message).toBe('gone'));
	await seal.again();
	expect([seal.error, seal.lockbox]).toEqual([null, lockbox]);
});
