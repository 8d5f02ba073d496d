/** Where a run comes from, named and written. */
import type { Complexity, Strategy } from '#lib/api/client.ts';
import { PARTS } from '#lib/utils/complexity.ts';
import { count, dateTime, ratio } from '#lib/utils/format.ts';

export interface Line {
	name: string;
	text: string;
	help?: string;
	mono?: boolean;
	/** Worth copying whole, though only its beginning is shown. */
	copy?: string;
}

const SHOWN = 12;

/** What it takes to get the same numbers again, besides the expression and the settings. */
export function provenance(s: Strategy): Line[] {
	const lags = Object.entries(s.spec.lags);
	return [
		{ name: 'Data set', text: s.dataset },
		{
			name: 'Fingerprint',
			text: s.fingerprint.slice(0, SHOWN),
			mono: true,
			copy: s.fingerprint,
			help: 'Hash of the data: another one means other data, even under the same name.'
		},
		{
			name: 'Last date',
			text: s.spec.last_date,
			help: 'No later date was read: what follows is kept back for a last test.'
		},
		{ name: 'Price', text: s.spec.price, mono: true, help: 'Column that positions are valued at.' },
		{
			name: 'Lags',
			text: lags.length ? lags.map(([name, n]) => `${name} ${count(n)}`).join(', ') : 'none',
			help: 'Dates that columns are held back before they may be used.'
		},
		{ name: 'Engine version', text: String(s.engine_version) },
		{
			name: 'Kernels',
			text: s.spec.kernels,
			help: 'The compiled (c) or the plain (numpy) inner loops; they agree to the last digits.'
		},
		{ name: 'Run', text: s.run_id.slice(0, SHOWN), mono: true, copy: s.run_id },
		{ name: 'Saved', text: dateTime(s.created_at) }
	];
}

/** What the complexity score is made of. */
export const complexityParts = (c: Complexity): Line[] =>
	PARTS.map(({ key, name, help }) => ({
		name,
		text: key === 'op_cost' ? ratio(c[key], 1) : count(c[key]),
		help: `${help}.`
	}));
