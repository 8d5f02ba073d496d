import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '#lib/api/client.ts';
import * as calls from './calls.ts';
import { dataset, preview, report } from './samples.ts';
import type { ImportProgress, Preview } from './types.ts';
import { Wizard } from './wizard.svelte.ts';

vi.mock('./calls.ts');
vi.mock('#lib/state/workspace.svelte.ts', () => ({
	workspace: { reload: () => Promise.resolve(), datasets: [] }
}));
vi.mock('#lib/state/catalog.svelte.ts', () => ({ catalog: { forget: () => undefined } }));

const called = vi.mocked(calls);
const held = { handle: 'h1', name: 'prices 2020.csv' };
const good = preview({ report: report() });
const question = { option: 'date_order', message: 'Which?', choices: ['dmy', 'mdy'], column: 'd' };

beforeEach(() => {
	vi.useFakeTimers();
	vi.resetAllMocks();
	called.importId.mockReturnValue('0123456789ab');
	called.previewOf.mockResolvedValue(good);
});
afterEach(() => void vi.useRealTimers());

const settle = () => vi.advanceTimersByTimeAsync(0);

async function reviewed(first: Preview = good): Promise<Wizard> {
	called.previewOf.mockResolvedValueOnce(first);
	const wizard = new Wizard();
	await wizard.take(held);
	await settle();
	return wizard;
}

describe('a file', () => {
	it('of a dialog is read at once', async () => {
		const wizard = await reviewed();
		expect(wizard.step).toBe('review');
		expect(called.previewOf).toHaveBeenCalledWith('h1', {}, expect.anything());
		expect([wizard.target, wizard.ready]).toEqual(['prices_2020', true]);
	});
	it('of the page is sent first', async () => {
		called.upload.mockImplementation((_, onsent) => {
			onsent(0.5);
			return Promise.resolve(held);
		});
		const wizard = new Wizard();
		const taken = wizard.take({ file: new File(['a'], 'a.csv'), name: 'a.csv' });
		expect([wizard.step, wizard.sent]).toEqual(['sending', 0.5]);
		await taken;
		await settle();
		expect(wizard.step).toBe('review');
	});
	it('that cannot be one is refused before it is sent', async () => {
		const wizard = new Wizard();
		await wizard.take({ file: new File(['a'], 'a.pdf'), name: 'a.pdf' });
		expect(wizard.step).toBe('pick');
		expect(wizard.error?.message).toContain('not a file Kvant reads');
		expect(called.upload).not.toHaveBeenCalled();
	});
	it('given up on the way is not taken', async () => {
		called.upload.mockReturnValue(new Promise(() => undefined));
		const wizard = new Wizard();
		void wizard.take({ file: new File(['a'], 'a.csv'), name: 'a.csv' });
		wizard.reset();
		expect(called.upload.mock.calls[0][2].aborted).toBe(true);
		expect(wizard.step).toBe('pick');
	});
	it('that is no file says why', async () => {
		called.previewOf.mockReset();
		called.previewOf.mockRejectedValue(new ApiError(422, { code: 'data', message: 'No Parquet.' }));
		const wizard = new Wizard();
		await wizard.take(held);
		await settle();
		expect([wizard.error?.message, wizard.ready, wizard.reading]).toEqual([
			'No Parquet.',
			false,
			false
		]);
	});
});

describe('answers', () => {
	it('are asked for before anything is made', async () => {
		const wizard = await reviewed(preview({ question }));
		expect(wizard.ready).toBe(false);
		await wizard.start();
		expect(called.importFile).not.toHaveBeenCalled();
		wizard.change({ date_order: 'dmy' });
		await settle();
		expect(called.previewOf).toHaveBeenLastCalledWith(
			'h1',
			{ date_order: 'dmy' },
			expect.anything()
		);
		expect(wizard.ready).toBe(true);
	});
	it('that are typed wait for a pause, and equal ones for nothing', async () => {
		const wizard = await reviewed();
		wizard.change({ rename: { a: 'b' } }, false);
		wizard.change({ rename: { a: 'bc' } }, false);
		expect(wizard.ready).toBe(false);
		await vi.advanceTimersByTimeAsync(300);
		expect(called.previewOf).toHaveBeenCalledTimes(2);
		wizard.change({ rename: { a: 'bc' }, ignore: [] });
		await vi.advanceTimersByTimeAsync(300);
		expect(called.previewOf).toHaveBeenCalledTimes(2);
	});
});

describe('an import', () => {
	it('says how far it is, and what came of it', async () => {
		const wizard = await reviewed();
		wizard.change({ derive: ['returns'] });
		await settle();
		let finish: (made: ReturnType<typeof dataset>) => void = () => undefined;
		called.importFile.mockReturnValue(new Promise((resolve) => (finish = resolve)));
		const half: ImportProgress = { stage: 'Writing', share: 0.5, elapsed_s: 1, done: false };
		called.progressOf.mockResolvedValue(half);
		const started = wizard.start();
		expect(wizard.step).toBe('importing');
		expect(called.importFile).toHaveBeenCalledWith({
			handle: 'h1',
			name: '',
			lockbox: '20%',
			options: { derive: ['returns'] },
			import_id: '0123456789ab'
		});
		await vi.advanceTimersByTimeAsync(300);
		expect(called.progressOf).toHaveBeenCalledWith('0123456789ab');
		expect(wizard.progress).toEqual(half);
		await wizard.take(held);
		expect(wizard.step).toBe('importing');
		finish(dataset());
		await started;
		expect([wizard.step, wizard.made?.name]).toEqual(['done', 'prices']);
		await vi.advanceTimersByTimeAsync(2000);
		expect(called.progressOf).toHaveBeenCalledTimes(1);
	});
	it('that was cancelled goes back to the review', async () => {
		const wizard = await reviewed();
		called.cancelImport.mockResolvedValue(undefined);
		called.importFile.mockImplementation(async () => {
			await wizard.cancel();
			throw new ApiError(409, { code: 'cancelled', message: 'It was cancelled.' });
		});
		await wizard.start();
		expect([wizard.step, wizard.failure, wizard.ready]).toEqual(['review', null, true]);
		expect(wizard.notice).toContain('nothing of it was kept');
		expect(called.cancelImport).toHaveBeenCalledWith('0123456789ab');
	});
	it('that failed can be tried again', async () => {
		const wizard = await reviewed();
		called.importFile.mockRejectedValueOnce(
			new ApiError(507, { code: 'store', message: 'The disk is full.' })
		);
		await wizard.start();
		expect([wizard.failure?.message, wizard.ready]).toEqual(['The disk is full.', true]);
		called.importFile.mockResolvedValueOnce(dataset());
		await wizard.start();
		expect([wizard.failure, wizard.step]).toEqual([null, 'done']);
	});
	it('waits for a name and a lockbox that make sense', async () => {
		const wizard = await reviewed();
		wizard.kind = 'date';
		await wizard.start();
		expect([wizard.tried, wizard.step]).toEqual([true, 'review']);
		[wizard.day, wizard.name] = ['2020-01-01', 'a/b'];
		await wizard.start();
		expect(wizard.wrongName).not.toBeNull();
		expect(called.importFile).not.toHaveBeenCalled();
	});
});

it('begins a new version under the name that is there', async () => {
	const wizard = new Wizard();
	wizard.begin('omx');
	await wizard.take(held);
	expect([wizard.name, wizard.target]).toEqual(['omx', 'omx']);
	wizard.begin();
	expect([wizard.name, wizard.step]).toEqual(['', 'pick']);
});
