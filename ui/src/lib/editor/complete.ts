/** What can stand where the cursor is. */
import {
	snippetCompletion,
	type Completion,
	type CompletionContext,
	type CompletionResult
} from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import type { FeatureInfo, Primitive, PrimitiveParam } from '#lib/api/client.ts';
import { columnCard, operatorCard } from './cards.ts';
import { wordsIn } from './language.ts';
import { callAt, stepsAt, stringAt } from './place.ts';
import {
	callTemplate,
	columnDetail,
	columnText,
	isCategory,
	isVariadic,
	KEYWORDS,
	quoted,
	signatureParts,
	type Words
} from './words.ts';

const WORD = /^[\p{L}_][\p{L}\p{N}_]*$/u;

export function complete(context: CompletionContext): CompletionResult | null {
	const { state, pos } = context;
	const [tree, text, words] = [syntaxTree(state), state.doc.toString(), wordsIn(state)];
	const call = callAt(tree, text, pos);
	const operator = call && words.operators.get(call.name);
	const wanted = operator ? argumentOf(operator, call.index, call.argument) : undefined;
	const inside = stringAt(tree, text, pos);
	if (inside !== null)
		return { from: inside, options: inQuotes(words, wanted), validFor: /^[^"']*$/ };
	const word = context.matchBefore(/[\p{L}_][\p{L}\p{N}_]*/u);
	if (!word && !context.explicit) return null;
	const from = word?.from ?? pos;
	// The e of 1e5 begins no word.
	if (/[\d.]/.test(state.sliceDoc(from - 1, from))) return null;
	const steps = stepsAt(tree, text, from);
	const named = operator && !call?.argument ? argumentNames(operator, call?.index ?? 0) : [];
	return {
		from,
		options: [...general(words, wanted), ...steps.map(step), ...named],
		validFor: WORD
	};
}

const argumentOf = (p: Primitive, index: number, name?: string): PrimitiveParam | undefined =>
	name === undefined
		? p.params[isVariadic(p) ? Math.min(index, p.params.length - 1) : index]
		: p.params.find((param) => param.name === name);

function general(words: Words, wanted?: PrimitiveParam): Completion[] {
	const columns = [...words.columns.values()];
	if (wanted?.kind === 'category') return columns.filter(isCategory).map(columnOption);
	return [
		...columns.filter((c) => !isCategory(c)).map(columnOption),
		...words.primitives.flatMap((p) => operatorOptions(p, words)),
		...KEYWORDS.map((label): Completion => ({ label, type: 'keyword', boost: -3 }))
	];
}

function columnOption(c: FeatureInfo): Completion {
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

/** Signs say what these do better than their names. */
const boost = (p: Primitive): number => (p.infix ? -2 : 1);

function operatorOptions(p: Primitive, words: Words): Completion[] {
	const template = callTemplate(p, words);
	const info = () => operatorCard(p);
	const option = (label: string, detail: string, more: number) =>
		snippetCompletion(template, { label, type: 'function', detail, info, boost: more });
	// Words of the grammar are written between, not before, their operands.
	if (KEYWORDS.includes(p.name)) return [];
	return [
		option(p.name, p.signature.slice(p.name.length), boost(p)),
		...p.aliases.map((alias) => option(alias, `is ${p.name}`, -5))
	];
}

const step = (label: string): Completion => ({ label, type: 'property', detail: 'step', boost: 4 });

/** Names of the arguments that may still be given by name. */
const argumentNames = (p: Primitive, index: number): Completion[] =>
	signatureParts(p)
		.slice(index)
		.filter(({ param }) => param.default !== null)
		.map(({ param }) => ({
			label: `${param.name}=`,
			type: 'property',
			detail: param.doc || `argument of ${p.name}`,
			boost: 3
		}));

/** Columns, or what else may stand between quotation marks as this argument. */
function inQuotes(words: Words, wanted?: PrimitiveParam): Completion[] {
	if (wanted?.kind === 'symbol') return [];
	const category = wanted?.kind === 'category';
	return [...words.columns.values()]
		.filter((c) => category === isCategory(c))
		.map((c) => ({ ...columnOption(c), apply: quoted(c.name).slice(1, -1) }));
}
