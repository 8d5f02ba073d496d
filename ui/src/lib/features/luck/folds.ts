/** The folds of a validation: as parts of a chart, as rows, and in words. */
import type { Series } from '#lib/components/charts/series.ts';
import type { Shade } from '#lib/components/charts/shades.ts';
import type { EquityCurve } from '#lib/api/client.ts';
import { count, percent, plural, ratio2 } from '#lib/utils/format.ts';
import { daysOf, type Days, type Fold, type Method, type Validation } from './wire.ts';

export const METHODS: { value: Method; label: string; title: string }[] = [
	{
		value: 'walk_forward',
		label: 'Walk-forward',
		title: 'Train on everything before, test on the part after it'
	},
	{
		value: 'purged',
		label: 'Purged',
		title: 'Test on each part in turn, train on all the others, with a gap around the test'
	}
];

export const MEANING: Record<Method, string> = {
	walk_forward:
		'Each fold trains on everything before its test part, less a few days so that no return spans both.',
	purged:
		'Each fold trains on everything but its test part; the days around it are left out, since their returns overlap it or follow from it.'
};

export interface Piece {
	tone: 'train' | 'test' | 'gap';
	days: Days;
}

/** A fold from its first date to its last: train, test and what is left out. `end`: of all dates. */
export function piecesOf(fold: Fold, method: Method, end: string): Piece[] {
	const test: Piece = { tone: 'test', days: daysOf(fold.test) };
	const used = [...fold.train.map((s): Piece => ({ tone: 'train', days: daysOf(s) })), test].sort(
		(a, b) => (a.days[0] < b.days[0] ? -1 : 1)
	);
	if (!fold.left_out) return used;
	const gaps = used
		.slice(1)
		.map(({ days }, i): Piece => ({ tone: 'gap', days: [used[i].days[1], days[0]] }));
	const pieces = used.flatMap((piece, i) => (i ? [gaps[i - 1], piece] : [piece]));
	const last = used[used.length - 1].days[1];
	// Nothing is left to train on behind the embargo.
	if (method === 'purged' && last < end) pieces.push({ tone: 'gap', days: [last, end] });
	return pieces;
}

const NAMES = { train: 'Train', test: 'Test', gap: undefined };

/** One fold on the chart; without one the test parts of all, and what is only trained on. */
export function shadesOf(v: Validation, chosen: number | null, end: string): Shade[] {
	const one = v.folds.find(({ number }) => number === chosen);
	if (one)
		return piecesOf(one, v.method, end).map(({ tone, days: [from, to] }) => ({
			from,
			to,
			tone,
			label: NAMES[tone]
		}));
	const tests = v.folds.map((fold): Shade => {
		const [from, to] = daysOf(fold.test);
		return { from, to, tone: 'test', label: `Test ${fold.number}` };
	});
	const first = v.folds.at(0);
	if (v.method !== 'walk_forward' || !first?.train.length) return tests;
	const [from, to] = daysOf(first.train[0]);
	const gap: Shade[] = first.left_out ? [{ from: to, to: daysOf(first.test)[0], tone: 'gap' }] : [];
	return [{ from, to, tone: 'train', label: 'Only train' }, ...gap, ...tests];
}

export interface Lines {
	x: string[];
	series: Series[];
}

/** The run, and its test parts put together from 1 on; of the latter alone where there is no curve. */
export function linesOf(v: Validation, curve: EquityCurve | null): Lines {
	const own = new Map(v.dates.map((day, i) => [day, v.equity[i]]));
	const x = curve?.dates ?? v.dates;
	const joined: Series = {
		label: 'Test parts joined',
		values: x.map((day) => own.get(day) ?? null),
		color: '--s2'
	};
	if (!curve) return { x, series: [joined] };
	// Where every part is tested once they are the run itself.
	if (own.has(x[0]))
		return { x, series: [{ label: 'Strategy, every part tested once', values: curve.equity }] };
	return { x, series: [{ label: 'Strategy', values: curve.equity, color: '--s1' }, joined] };
}

export const spanText = ([from, to]: Days): string => `${from} to ${to}`;
export const trainText = (fold: Fold): string =>
	fold.train.map((s) => spanText(daysOf(s))).join(' and ');

/** What came out, in sentences. */
export function foldsSay(v: Validation): string {
	const out = v.out_of_sample.ann_sharpe;
	const better = v.folds.filter(
		({ out_of_sample: { ann_sharpe } }) => ann_sharpe !== null && ann_sharpe > 0
	).length;
	const first = `It gained in ${count(better)} of ${plural(v.folds.length, 'test part')}.`;
	const second =
		v.degradation === null
			? `Where the folds train, its Sharpe ratio is ${ratio2(v.in_sample)} on average; the test parts joined have ${ratio2(out)}.`
			: `Where the folds train, its Sharpe ratio is ${ratio2(v.in_sample)} on average; in the test parts ${percent(v.degradation, 0)} of that is left, and all of them joined have ${ratio2(out)}.`;
	return `${first} ${second}`;
}
