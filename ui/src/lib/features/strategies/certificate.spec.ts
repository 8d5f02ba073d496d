import { describe, expect, it } from 'vitest';
import type { Certificate } from '#lib/api/client.ts';
import { beginning, proof } from './certificate.ts';

const certificate = (over: Partial<Certificate> = {}): Certificate => ({
	expr_hash: 'abc',
	passed: true,
	cuts: 20,
	seed: 0,
	first_difference: null,
	how: null,
	steps: 3,
	operator: null,
	warm_up: null,
	starts: [],
	...over
});
const start = (dropped: number, difference: number, close: number | null = null) => ({
	dropped,
	difference,
	close,
	exact: null
});

describe('a certificate', () => {
	it('says what was proven, and how', () => {
		expect(proof(certificate({ steps: 0 }))).toBe(
			'Proven: with the data cut off or disturbed after 20 dates, everything before stayed the same.'
		);
		expect(proof(certificate())).toContain('Each of its 3 operators was tried alone');
		expect(proof(certificate({ steps: 1 }))).toContain('Its operator was tried alone');
	});
	it('says what reads ahead, and when', () => {
		const leak = { passed: false, first_difference: '2020-01-02', how: 'noise', operator: 'lead' };
		expect(proof(certificate(leak))).toBe(
			'Later data change earlier values, first at 2020-01-02 (noise). The operator lead reads later dates.'
		);
		expect(proof(certificate({ passed: false }))).toBe('Later data change earlier values.');
	});
	it('says how long the beginning of the data counts', () => {
		expect(beginning(certificate())).toContain('windows of fixed length');
		expect(beginning(certificate({ steps: 0 }))).toBe('');
		expect(beginning(certificate({ warm_up: 312, starts: [start(1, 0, 312)] }))).toContain(
			'for 312 dates'
		);
		const ever = { starts: [start(1, 0.001), start(50, 0.0315)] };
		expect(beginning(certificate(ever))).toContain(
			'start 50 dates later its last values differ by'
		);
		expect(beginning(certificate(ever))).toContain('3.15%');
		expect(beginning(certificate({ starts: [start(9, 1)] }))).toContain('differ entirely');
	});
});
