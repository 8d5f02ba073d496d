import { expect, it } from 'vitest';
import type { Robustness, Variant } from '#lib/api/client.ts';
import { breakEven, CHECKS, GROUPS, listed, overall, sections, written } from './robustness.ts';

const variant = (group: Variant['group'], label: string, ann_sharpe: number | null): Variant => ({
	group,
	label,
	ann_sharpe,
	expr: null,
	ann_return: null,
	max_dd: null,
	turnover: null,
	kept: null,
	verdict: 'holds',
	error: null
});
const said = (group: Variant['group'], verdict: Variant['verdict']) => ({
	group,
	verdict,
	text: `${group}!`
});
const table = (more: Partial<Robustness> = {}): Robustness => ({
	ann_sharpe: 0.81,
	ann_return: 0.05,
	max_dd: -0.1,
	turnover: 0.2,
	break_even_bps: 8.46,
	variants: [],
	groups: [],
	verdict: 'holds',
	engine_version: 2,
	...more
});

it('lists', () => {
	expect(listed([])).toBe('');
	expect(listed(['a'])).toBe('a');
	expect(listed(['a', 'b'])).toBe('a and b');
	expect(listed(['a', 'b', 'c'])).toBe('a, b and c');
});

it('has a section for every group the engine spoke of, neighbours the lowest first', () => {
	const found = sections(
		table({
			variants: [
				variant('neighbours', 'x', 0.5),
				variant('neighbours', 'none', null),
				variant('neighbours', 'y', -0.1),
				variant('lag', 'lag 2', 0.9),
				variant('lag', 'lag 3', 0.1)
			],
			groups: [said('delisting', 'unknown'), said('neighbours', 'fails'), said('lag', 'fails')]
		})
	);
	expect(found.map((s) => [s.group, s.verdict, s.text, s.rows.map((v) => v.label)])).toEqual([
		['lag', 'fails', 'lag!', ['lag 2', 'lag 3']],
		['neighbours', 'fails', 'neighbours!', ['y', 'x', 'none']],
		['delisting', 'unknown', 'delisting!', []]
	]);
});

it('says in one sentence what the whole comes to', () => {
	const groups = [
		said('lag', 'holds'),
		said('costs', 'weakens'),
		said('neighbours', 'fails'),
		said('days', 'fails'),
		said('delisting', 'unknown')
	];
	expect(overall(table({ groups, verdict: 'fails' }))).toBe(
		'Little or nothing is left of its Sharpe ratio of 0.81 under other windows and the loss of its five best days; 1 of 4 checks holds.'
	);
	expect(overall(table({ groups: groups.slice(0, 2), verdict: 'weakens' }))).toBe(
		'Its Sharpe ratio of 0.81 loses a good part under higher costs; 1 of 2 checks holds.'
	);
	expect(overall(table({ groups: groups.slice(0, 1), verdict: 'holds' }))).toBe(
		'Its Sharpe ratio of 0.81 stays at 70% or more under everything that could be tried.'
	);
	expect(overall(table({ verdict: 'unknown' }))).toContain('no verdict');
	expect(overall(table({ ann_sharpe: -0.31, verdict: 'unknown' }))).toBe(
		'Its Sharpe ratio is −0.31 as it stands: other assumptions have nothing to take away.'
	);
	expect(overall(table({ ann_sharpe: null, verdict: 'unknown' }))).toContain('no Sharpe ratio');
});

it('tells the cost at which nothing is left', () => {
	expect(breakEven(table(), 5)).toBe(
		'It breaks even at costs of 8.5 basis points of what is traded; the run assumes 5.0 where the data set has no costs of its own.'
	);
	expect(breakEven(table({ break_even_bps: -3 }), 5)).toContain(
		'loses money even when trading is free'
	);
	expect(breakEven(table({ break_even_bps: null }), 5)).toContain('no break-even cost');
});

it('knows what each group runs', () => {
	expect(GROUPS.map((g) => [g, CHECKS[g].runs !== ''])).toEqual(GROUPS.map((g) => [g, true]));
	expect(GROUPS).toHaveLength(8);
});

it('writes the signs of the engine as ours', () => {
	expect(written('delisting return -100 %')).toBe('delisting return −100%');
	expect(written('all windows +20 %')).toBe('all windows +20%');
	expect(written('costs x 2')).toBe('costs × 2');
	expect(written('2013-04-09 to 2014-07-18')).toBe('2013-04-09 to 2014-07-18');
	expect(written('is -0.30 of 1.41 (lag 2)')).toBe('is −0.30 of 1.41 (lag 2)');
});
