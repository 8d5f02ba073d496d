/** The grammar as CodeMirror wants it, the words that hold in it, and its colours. */
import { LRLanguage, syntaxTree } from '@codemirror/language';
import {
	StateEffect,
	StateField,
	type EditorState,
	type Extension,
	type Range
} from '@codemirror/state';
import { Decoration, ViewPlugin, type DecorationSet, type EditorView } from '@codemirror/view';
import type { SyntaxNodeRef } from '@lezer/common';
import { parser } from './parser.ts';
import { NO_WORDS, type Words } from './words.ts';

const language = LRLanguage.define({
	name: 'expression',
	parser,
	languageData: { closeBrackets: { brackets: ['(', '"', "'"] } }
});

/** Tell the editor which words there are now. */
export const setWords = StateEffect.define<Words>();

const words = StateField.define<Words>({
	create: () => NO_WORDS,
	update: (known, tr) =>
		tr.effects.reduce((now, effect) => (effect.is(setWords) ? effect.value : now), known)
});

export const wordsIn = (state: EditorState): Words => state.field(words);

const KINDS = {
	number: 'Number',
	column: 'String',
	operator: 'WordName feat',
	argument: 'StepName ArgumentName',
	sign: 'ArithSign CompareSign LogicSign ? :',
	keyword: 'and or not'
};
const MARKS = new Map(
	Object.entries(KINDS).flatMap(([kind, nodes]) => {
		const mark = Decoration.mark({ class: `cm-${kind}` });
		return nodes.split(' ').map((name): [string, Decoration] => [name, mark]);
	})
);

/** A bare name is a column only if the data set has one of that name. */
function markOf({ name, node, from, to }: SyntaxNodeRef, state: EditorState) {
	if (name !== 'Name') return MARKS.get(node.parent?.name === 'WordName' ? 'WordName' : name);
	if (node.nextSibling?.name === 'Arguments') return MARKS.get('WordName');
	return wordsIn(state).columns.has(state.sliceDoc(from, to)) ? MARKS.get('String') : undefined;
}

function marksIn({ state }: EditorView): DecorationSet {
	const found: Range<Decoration>[] = [];
	syntaxTree(state).iterate({
		enter: (n) => {
			const mark = n.node.firstChild ? undefined : markOf(n, state);
			if (mark) found.push(mark.range(n.from, n.to));
		}
	});
	return Decoration.set(found);
}

// The few words of an expression are coloured here: the general way brings much more with it.
const colours = ViewPlugin.define(
	(view) => ({
		marks: marksIn(view),
		update(update) {
			const changed = update.startState.field(words) !== update.state.field(words);
			if (
				changed ||
				update.docChanged ||
				syntaxTree(update.startState) !== syntaxTree(update.state)
			)
				this.marks = marksIn(update.view);
		}
	}),
	{ decorations: (plugin) => plugin.marks }
);

export const expressionLanguage: Extension = [language, words, colours];
