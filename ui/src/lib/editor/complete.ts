/** What can stand where the cursor is. */
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import { syntaxTree } from '@codemirror/language';
import { StateEffect, StateField } from '@codemirror/state';
import type { PrimitiveParam } from '#lib/api/client.ts';
import { wordsIn } from './language.ts';
import { findingsAt } from './marks.ts';
import * as offer from './offers.ts';
import { callAt, followsOperand, stepsAt, stringAt, type Call } from './place.ts';
import { argumentOf, isCategory, isLiteral, type Words } from './words.ts';

type Answer = CompletionResult | null;
const WORD = /^[\p{L}_][\p{L}\p{N}_]*$/u;

export function complete(context: CompletionContext): Answer | Promise<Answer> {
	const { state, pos, explicit } = context;
	if (state.field(fixesAsked, false)) return null;
	const [tree, text, words] = [syntaxTree(state), state.doc.toString(), wordsIn(state)];
	const call = callAt(tree, text, pos);
	const wanted = call ? wantedBy(call, words) : undefined;
	const inside = stringAt(tree, text, pos);
	if (inside !== null) {
		// The column of a feat(...) that names a group is a category.
		const around = call?.name === 'feat' ? callAt(tree, text, call.from) : null;
		const outer = around ? wantedBy(around, words) : undefined;
		const closed = /["']/.test(text.charAt(pos));
		return inQuotes(inside, words, call?.name === 'feat' ? (outer ?? 'feat') : wanted, closed);
	}
	const word = context.matchBefore(/[\p{L}_][\p{L}\p{N}_]*/u);
	if (!word && !explicit) return null;
	const from = word?.from ?? pos;
	const operator = call && words.operators.get(call.name);
	const names = operator && !call.argument ? offer.argumentNames(operator, call) : [];
	// After an argument with a name all the others need theirs.
	if (call?.named.length && !call.argument) return { from, options: names };
	const number = /(?<![\p{L}_])[\d.]+$/u.exec(text.slice(0, from));
	if (wanted && isLiteral(wanted) && !word)
		return { from: from - (number?.[0].length ?? 0), options: offer.numbers(wanted) };
	// The e of 1e5 begins no word, and nothing begins inside a number.
	if (number) return null;
	if (followsOperand(text, from)) return { from, options: offer.signs(words, text, from) };
	const steps = stepsAt(tree, text, from).map(offer.step);
	// Where its parentheses stand already, an operator brings none.
	const called = /^\s*\(/.test(text.slice(pos));
	const options = [...general(words, wanted, called), ...steps, ...names];
	return { from, options, validFor: WORD };
}

/** Asked for by itself, the list of fixes has nothing else in it, until the cursor moves on. */
export const askFixes = StateEffect.define<null>();
export const fixesAsked = StateField.define<boolean>({
	create: () => false,
	update: (now, tr) =>
		tr.effects.some((effect) => effect.is(askFixes)) || (now && !tr.docChanged && !tr.selection)
});

/** Instead of what is wrong here: the fixes of the findings at the cursor. */
export function fixes({ state, pos, explicit }: CompletionContext): Answer {
	if (!explicit) return null;
	const found = findingsAt(state, pos).find(({ finding }) => finding.fixes.length);
	if (!found) return null;
	const { finding, from, to } = found;
	return { from, to, options: finding.fixes.map(offer.fix), filter: false };
}

function wantedBy(call: Call, words: Words): PrimitiveParam | undefined {
	const operator = words.operators.get(call.name);
	return operator && argumentOf(operator, call.index, call.argument);
}

function general(words: Words, wanted?: PrimitiveParam, called = false): Completion[] {
	const columns = [...words.columns.values()];
	if (wanted?.kind === 'category') return columns.filter(isCategory).map(offer.column);
	// Besides, a step may stand for a number; nothing else with a name does.
	if (wanted && isLiteral(wanted)) return offer.numberWords(wanted);
	return [
		...columns.filter((c) => !isCategory(c)).map(offer.column),
		...words.primitives.flatMap((p) => offer.operator(p, words, called)),
		...offer.KEYWORDS
	];
}

/** What may stand between quotation marks: a column in feat, a category, a symbol. */
function inQuotes(
	from: number,
	words: Words,
	wanted: PrimitiveParam | 'feat' | undefined,
	closed: boolean
): Answer | Promise<Answer> {
	const answer = (options: Completion[]): Answer => ({ from, options, validFor: /^[^"']*$/ });
	if (wanted !== 'feat' && wanted?.kind === 'symbol')
		return words.symbols().then((all) => answer(all.map(offer.symbol)));
	if (wanted !== 'feat' && wanted && isLiteral(wanted)) return answer(offer.numberWords(wanted));
	const category = wanted !== 'feat' && wanted?.kind === 'category';
	const columns = [...words.columns.values()].filter((c) => category === isCategory(c));
	if (wanted === 'feat' || category) return answer(columns.map(offer.quotedColumn));
	// No string belongs here: the marks go with the choice.
	return answer(columns.map((c) => offer.unquotedColumn(c, closed)));
}
