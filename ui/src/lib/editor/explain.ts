/** What a word of the expression means: on hover, and at the cursor with F1. */
import { syntaxTree } from '@codemirror/language';
import type { EditorState, Extension } from '@codemirror/state';
import { EditorView, hoverTooltip, keymap } from '@codemirror/view';
import type { SyntaxNode } from '@lezer/common';
import type { Primitive } from '#lib/api/client.ts';
import { argumentCard, columnCard, featCard, operatorCard, stepCard } from './cards.ts';
import { wordsIn } from './language.ts';
import { pin } from './pinned.ts';
import { callAt, stepNamedBy, stepsAt } from './place.ts';
import { argumentOf, isLiteral, type Words } from './words.ts';

interface Explained {
	from: number;
	to: number;
	card: () => HTMLElement;
}

/** The card about what stands at a place. */
export function cardAt(state: EditorState, at: number, side: -1 | 0 | 1 = 0): Explained | null {
	const node = syntaxTree(state).resolveInner(at, side);
	const card = node.firstChild ? null : cardOf(node, state);
	return card && { from: node.from, to: node.to, card };
}

function cardOf(n: SyntaxNode, state: EditorState): (() => HTMLElement) | null {
	const [text, words, parent] = [state.sliceDoc(n.from, n.to), wordsIn(state), n.parent?.name];
	const sign = signOf(n, text, words);
	if (sign) return () => operatorCard(sign);
	if (n.name === 'feat') return featCard;
	if (parent === 'Call' || parent === 'WordName') {
		const operator = words.operators.get(text);
		return operator ? () => operatorCard(operator) : null;
	}
	if (n.name === 'ArgumentName' || n.name === 'Number') return cardOfArgument(n, state);
	return cardOfName(n, text, state);
}

const SYNONYMS: Record<string, string> = { '&&': 'and', '||': 'or', '!': 'not' };

/** The operator that a sign, or a word that is one, stands for. */
function signOf(n: SyntaxNode, text: string, words: Words): Primitive | undefined {
	const parent = n.parent?.name;
	if ((text === '?' || text === ':') && parent === 'Choice') return words.operators.get('if_else');
	if (parent === 'WordName' || !/^(\w+Sign|and|or|not)$/.test(n.name)) return undefined;
	const [sign, operands] = [SYNONYMS[text] ?? text, parent === 'Minus' || parent === 'Not' ? 1 : 2];
	return words.primitives.find(
		(p) => p.infix === sign && Math.min(p.params.length, 2) === operands
	);
}

/** The argument that a number, or a word for one, is for; or that a name names. */
function cardOfArgument(n: SyntaxNode, state: EditorState): (() => HTMLElement) | null {
	const call = callAt(syntaxTree(state), state.doc.toString(), n.to);
	const operator = call && wordsIn(state).operators.get(call.name);
	const name = n.name === 'ArgumentName' ? state.sliceDoc(n.from, n.to) : call?.argument;
	const param = operator && argumentOf(operator, call.index, name);
	if (!param || (n.name !== 'ArgumentName' && !isLiteral(param))) return null;
	return () => argumentCard(operator, param);
}

function cardOfName(n: SyntaxNode, text: string, state: EditorState): (() => HTMLElement) | null {
	const [words, tree, doc] = [wordsIn(state), syntaxTree(state), state.doc.toString()];
	const name = n.name === 'String' ? unquoted(text) : n.name === 'Name' ? text : null;
	const steps = n.name === 'Name' ? stepsAt(tree, doc, n.from) : [];
	const step = stepNamedBy(n, doc) ?? steps.find((s) => s.name === name);
	if (step) return () => stepCard(step);
	if (name === null) return null;
	const [column, operator] = [words.columns.get(name), words.operators.get(name)];
	if (column) return () => columnCard(column);
	if (operator && n.name === 'Name') return () => operatorCard(operator);
	// A word for a number, such as true.
	return cardOfArgument(n, state);
}

const unquoted = (text: string): string => text.slice(1, -1).replaceAll(/\\([^])/g, '$1');

const hover = hoverTooltip(
	(view, at, side) => {
		const found = cardAt(view.state, at, side);
		return (
			found && {
				pos: found.from,
				end: found.to,
				above: false,
				create: () => ({ dom: found.card() })
			}
		);
	},
	{ hoverTime: 250 }
);

/** The card about the word at the cursor, read aloud as well. */
function explain(view: EditorView): boolean {
	const { head } = view.state.selection.main;
	const found = cardAt(view.state, head, 1) ?? cardAt(view.state, head, -1);
	if (!found) return true;
	const dom = found.card();
	view.dispatch({
		effects: [
			pin.of({ pos: found.from, end: found.to, above: false, create: () => ({ dom }) }),
			EditorView.announce.of([...dom.children].map((part) => part.textContent).join('. '))
		]
	});
	return true;
}

export const explanations: Extension = [hover, keymap.of([{ key: 'F1', run: explain }])];
