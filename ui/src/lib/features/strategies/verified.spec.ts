import { expect, it } from 'vitest';
import type { Verified } from '#lib/features/luck/wire.ts';
import { differences, verifiedText } from './verified.ts';

const same: Verified = {
	expr_hash: 'h',
	run_id: 'r',
	same: true,
	same_daily: true,
	bytes: 91607,
	metrics: {},
	saved_by: { engine_version: 2, kernels: 'c' },
	now: { engine_version: 2, kernels: 'c' }
};

it('says that nothing changed, with the bytes compared', () =>
	expect(verifiedText(same)).toBe(
		'Made again just now: the daily series is the same, all 91,607 bytes, and so is every metric.'
	));

it('says what differs, and what made it', () => {
	const other: Verified = {
		...same,
		same: false,
		same_daily: false,
		metrics: { ann_sharpe: { saved: 0.41, now: 0.42 } },
		saved_by: { engine_version: 1, kernels: 'c' }
	};
	expect(verifiedText(other)).toBe(
		'The daily series differs from the 91,607 bytes that were saved; 1 metric differs. It was saved by engine version 1, kernels c and made again by engine version 2, kernels c.'
	);
	expect(verifiedText({ ...other, same_daily: true, metrics: {}, saved_by: same.now })).toBe(
		'The daily series is the same, all 91,607 bytes; every metric is the same. The engine is the same, so look for what changed in the data or the machine.'
	);
	expect(differences(other)).toEqual([{ name: 'Sharpe ratio', saved: '0.41', now: '0.42' }]);
});
