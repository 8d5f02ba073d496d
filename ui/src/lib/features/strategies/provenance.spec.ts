import { expect, it } from 'vitest';
import type { Strategy } from '#lib/api/client.ts';
import { complexityParts, provenance } from './provenance.ts';

const strategy = {
	dataset: 'ecb_fx_sek',
	fingerprint: 'd68126dc06f9358d8e1bd6d9',
	engine_version: 1,
	run_id: 'd13feb30f5801827',
	created_at: '2026-11-22T15:18:24Z',
	spec: { last_date: '2021-04-12', price: 'c_sek', kernels: 'c', lags: { macro: 1, news: 0 } }
} as unknown as Strategy;

it('says where a run comes from', () => {
	const lines = Object.fromEntries(provenance(strategy).map((l) => [l.name, l]));
	expect(
		Object.values(lines)
			.slice(0, 8)
			.map((l) => l.text)
	).toEqual([
		'ecb_fx_sek',
		'd68126dc06f9',
		'2021-04-12',
		'c_sek',
		'macro 1, news 0',
		'1',
		'c',
		'd13feb30f580'
	]);
	expect([lines.Fingerprint.copy, lines.Run.copy]).toEqual([
		'd68126dc06f9358d8e1bd6d9',
		'd13feb30f5801827'
	]);
});

it('takes a complexity score apart, without the score itself', () => {
	const parts = complexityParts({
		nodes: 5,
		depth: 4,
		functions: 4,
		nonlinear: 3,
		cross_sectional: 1,
		window_sum: 1135,
		window_max: 1000,
		constants: 0,
		branches: 0,
		op_cost: 8.5,
		score: 16
	});
	expect(parts.map((p) => p.text)).toEqual([
		'5',
		'4',
		'4',
		'3',
		'1',
		'1,000',
		'1,135',
		'0',
		'0',
		'8.5'
	]);
});
