/** The entries of the list of what can stand at the cursor. */
import { snippet, snippetCompletion, type Completion } from '@codemirror/autocomplete';
import type { FeatureInfo, Primitive, PrimitiveParam } from '#lib/api/client.ts';
import { columnCard, operatorCard, stepCard } from './cards.ts';
import type { Call, Step } from './place.ts';
import {
	argumentOf,
	argumentsOf,
	bounds,
	callTemplate,
	columnDetail,
	columnText,
	firstSentence,
	isCategory,
	KEYWORDS as RESERVED,
	quoted,
	usuals,
	wordsFor,
	type Words
} from './words.ts';

/** Words of the grammar that begin an operand. */
export const KEYWORDS: Completion[] = [{ label: 'not', type: 'keyword', boost: -3 }];

export function column(c: FeatureInfo): Completion {
	const apply = columnText(c.name);
	return {
		label: c.name,
		type: isCategory(c) ? 'enum' : 'variable',
		detail: columnDetail(c),
		info: () => columnCard(c),
		apply: apply === c.name ? undefined : apply,
		boost: c.usable ? 2 : -4
	};
}

export const quotedColumn = (c: FeatureInfo): Completion => ({
	...column(c),
	apply: quoted(c.name).slice(1, -1)
});

/** Chosen within marks that do not belong: they go. */
export const unquotedColumn = (c: FeatureInfo, closed: boolean): Completion => ({
	...column(c),
	apply: (view, _completion, from, to) => {
		const insert = columnText(c.name);
		const anchor = from - 1 + insert.length;
		view.dispatch({
			changes: { from: from - 1, to: to + Number(closed), insert },
			selection: { anchor }
		});
	}
});

/** Signs say what these do better than their names. */
const boost = (p: Primitive): number => (p.infix ? -2 : 1);

export function operator(p: Primitive, words: Words, called: boolean): Completion[] {
	// Words of the grammar are written between, not before, their operands.
	if (RESERVED.includes(p.name)) return [];
	const template = callTemplate(p, words);
	const info = () => operatorCard(p);
	const option = (label: string, detail: string, more: number): Completion => {
		const it: Completion = { label, type: 'function', detail, info, boost: more };
		return called ? { ...it, apply: p.name } : snippetCompletion(template, it);
	};
	return [
		option(p.name, p.signature.slice(p.name.length), boost(p)),
		...p.aliases.map((alias) => option(alias, `is ${p.name}`, -5))
	];
}

export const step = (s: Step): Completion => ({
	label: s.name,
	type: 'property',
	detail: 'step',
	info: () => stepCard(s),
	boost: 4
});

export const symbol = (name: string): Completion => ({
	label: name,
	type: 'constant',
	apply: quoted(name).slice(1, -1)
});

/** Names of the arguments still to be given: all where names are in use, else those with a default. */
export const argumentNames = (p: Primitive, { index, named }: Call): Completion[] =>
	argumentsOf(p)
		.slice(p.open ? 0 : Math.max(0, index - named.length))
		.filter((param) => (named.length ? !named.includes(param.name) : param.default !== null))
		.map((param) => ({
			label: `${param.name}=`,
			type: 'property',
			detail: [param.doc || bounds(param), param.default === null ? '' : `else ${param.default}`]
				.filter(Boolean)
				.join(', '),
			boost: argumentOf(p, index)?.default === null ? -2 : 3
		}));

/** Numbers people give here, as they are ordered, and the words for them. */
export const numbers = (param: PrimitiveParam): Completion[] => [
	...usuals(param).map((value, i) => ({
		label: String(value),
		type: 'constant',
		detail: value === param.default ? 'what it is when left out' : param.doc,
		boost: 50 - i
	})),
	...numberWords(param)
];

export const numberWords = (param: PrimitiveParam): Completion[] =>
	wordsFor(param).map(({ word, value }) => ({
		label: word,
		type: 'constant',
		detail: value === param.default ? `${value}, what it is when left out` : String(value),
		boost: 5
	}));

/** The order in which signs are offered; what is not among them comes last. */
const SIGNS = ['+', '-', '*', '/', '^', '>', '<', '>=', '<=', '==', '!=', 'and', 'or', '? :'];

const sign = (label: string, p: Primitive, apply: Completion['apply']): Completion => ({
	label,
	type: 'keyword',
	detail: firstSentence(p.help),
	info: () => operatorCard(p),
	apply,
	boost: SIGNS.includes(label) ? 50 - SIGNS.indexOf(label) : 0
});

/** What may follow an operand: signs, and words that are signs. */
export function signs(words: Words, text: string, at: number): Completion[] {
	const space = /\s$/.test(text.slice(0, at)) ? '' : ' ';
	const choice = words.operators.get('if_else');
	return [
		...words.primitives.flatMap((p) =>
			p.infix && p.params.length > 1 ? sign(p.infix, p, `${space}${p.infix} `) : []
		),
		...(choice ? [sign('? :', choice, snippet(`${space}? \${1:a} : \${2:b}`))] : [])
	];
}

/** A text to stand instead of what is wrong. */
export const fix = ({ label, text }: { label: string; text: string }): Completion => ({
	label,
	type: 'text',
	detail: 'fix',
	apply: text
});
