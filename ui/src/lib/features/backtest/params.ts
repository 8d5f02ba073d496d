/** The settings of a backtest: what may be set, what it means, and which one an error is about. */
import type { BookParams, BookParamsInput } from '#lib/api/client.ts';

export type ParamName = keyof BookParams;

/** As the engine has them; params.spec.ts compares. */
export const DEFAULTS: BookParams = {
	sizing: 'raw',
	neutralize: null,
	cap: 0.05,
	max_lev: 1,
	smooth_ema: null,
	execution_lag: 1,
	rebalance: 'daily',
	cost_bps: 5,
	borrow_bps: 0,
	start: null,
	end: null,
	max_stale: 5,
	delisting_return: 0
};

interface Described {
	name: ParamName;
	label: string;
	/** One plain sentence. */
	hint: string;
}
export interface NumberField extends Described {
	kind: 'number';
	min: number;
	max: number;
	step: number;
	unit?: string;
	/** Shown times this: 100 for per cent. */
	scale?: number;
	integer?: boolean;
	optional?: boolean;
}
export interface OtherField extends Described {
	kind: 'sizing' | 'neutralize' | 'rebalance' | 'date';
}
export type ParamField = NumberField | OtherField;

type Limits = Omit<NumberField, 'name' | 'label' | 'hint' | 'kind'>;
const number = (name: ParamName, label: string, hint: string, limits: Limits): NumberField => ({
	kind: 'number',
	name,
	label,
	hint,
	...limits
});
const other = (
	kind: OtherField['kind'],
	name: ParamName,
	label: string,
	hint: string
): OtherField => ({ kind, name, label, hint });

export const GROUPS: readonly { title: string; fields: readonly ParamField[] }[] = [
	{
		title: 'Positions',
		fields: [
			other('sizing', 'sizing', 'Sizing', 'As weights, or scaled to full use.'),
			number('cap', 'Largest position', 'No symbol weighs more, long or short.', {
				min: 1e-4,
				max: 1,
				step: 1,
				unit: '%',
				scale: 100
			}),
			number('max_lev', 'Largest leverage', 'Long and short weights together.', {
				min: 0.01,
				max: 100,
				step: 0.5,
				unit: '×'
			}),
			other('neutralize', 'neutralize', 'Neutral to', 'Less the mean of market or group.'),
			number('smooth_ema', 'Smoothing', 'Share of the new book in each; empty is none.', {
				min: 0.01,
				max: 1,
				step: 5,
				unit: '%',
				scale: 100,
				optional: true
			})
		]
	},
	{
		title: 'Trading',
		fields: [
			number(
				'execution_lag',
				'Execution lag',
				'1 trades at the close that gave the signal; 0 looks ahead.',
				{
					min: 0,
					max: 20,
					step: 1,
					unit: 'dates',
					integer: true
				}
			),
			other('rebalance', 'rebalance', 'Rebalance', 'When the book is brought to its weights.'),
			number('cost_bps', 'Cost', 'Per unit traded, where the data has no costs.', {
				min: 0,
				max: 10_000,
				step: 1,
				unit: 'bps'
			}),
			number('borrow_bps', 'Borrowing', 'A year, on short positions.', {
				min: 0,
				max: 1_000_000,
				step: 10,
				unit: 'bps'
			})
		]
	},
	{
		title: 'Dates and gaps',
		fields: [
			other('date', 'start', 'First date', 'Signals may look further back.'),
			other('date', 'end', 'Last date', 'Before the lockbox of the data set.'),
			number('max_stale', 'Stale after', 'Without a price so long, it is sold.', {
				min: 0,
				max: 2520,
				step: 1,
				unit: 'dates',
				integer: true
			}),
			number('delisting_return', 'Return at delisting', 'When a closed symbol never returns.', {
				min: -1,
				max: 1,
				step: 5,
				unit: '%',
				scale: 100
			})
		]
	}
];
export const FIELDS: readonly ParamField[] = GROUPS.flatMap((group) => group.fields);

const isParam = (name: string): name is ParamName => Object.hasOwn(DEFAULTS, name);

/** What differs from the defaults, and nothing that is no setting. */
export function changes(params: BookParamsInput): BookParamsInput {
	const differ = Object.entries(params).filter(
		([name, value]) => isParam(name) && value !== undefined && value !== DEFAULTS[name]
	);
	return Object.fromEntries(differ) as BookParamsInput;
}

const WORDS: [RegExp, string][] = [
	[/Expected `float`/, 'This must be a number'],
	[/Expected `int`/, 'This must be a whole number'],
	[/Invalid RFC3339 encoded date/, 'This must be a date, such as 2020-01-31'],
	[/ <= ([-\d.]+)/, ', at most $1'],
	[/ >= ([-\d.]+)/, ', at least $1'],
	[/ > ([-\d.]+)/, ', more than $1'],
	[/`/g, '']
];

/** Bounds as the field shows its value: a fraction in per cent. */
function asShown(text: string, name: ParamName): string {
	const field = FIELDS.find((f) => f.name === name);
	const { scale = 1, unit = '' } = field?.kind === 'number' ? field : {};
	return text.replace(
		/ -?\d+(\.\d+)?$/,
		(bound) => ` ${+(Number(bound) * scale).toPrecision(12)}${scale === 1 ? '' : unit}`
	);
}

/** The field an error of the engine is about, and what to write there; null when about none. */
export function fieldError(problem: {
	code: string;
	message: string;
}): { name: ParamName; message: string } | null {
	const { message } = problem;
	const shape = /^params\.(\w+): (.*)$/s.exec(message);
	if (shape && isParam(shape[1])) {
		const plain = WORDS.reduce((text, [from, to]) => text.replace(from, to), shape[2]);
		return { name: shape[1], message: `${asShown(plain, shape[1])}.` };
	}
	const sense = /^The parameter (\w+) is .*?(?:; it must be|; choose)/s.exec(message);
	if (problem.code === 'parameters' && sense && isParam(sense[1]))
		return { name: sense[1], message };
	return /^No date lies in the run/.test(message) ? { name: 'start', message } : null;
}
