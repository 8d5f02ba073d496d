/** The grammar as CodeMirror wants it, the words that hold in it, and its colours. */
import { HighlightStyle, LRLanguage, syntaxHighlighting, syntaxTree } from '@codemirror/language';
import {
	StateEffect,
	StateField,
	type EditorState,
	type Extension,
	type Range
} from '@codemirror/state';
import { Decoration, ViewPlugin, type DecorationSet, type EditorView } from '@codemirror/view';
import { styleTags, tags as t } from '@lezer/highlight';
import { parser } from './parser.ts';
import { NO_WORDS, type Words } from './words.ts';

const language = LRLanguage.define({
	name: 'expression',
	parser: parser.configure({
		props: [
			styleTags({
				Number: t.number,
				'Column/String': t.special(t.string),
				String: t.string,
				'Call/Name WordName feat': t.function(t.variableName),
				'StepName ArgumentName': t.propertyName,
				'ArithSign CompareSign LogicSign ? :': t.operator,
				'and or not': t.keyword,
				'( )': t.paren
			})
		]
	}),
	languageData: { closeBrackets: { brackets: ['(', '"', "'"] } }
});

const colours = HighlightStyle.define([
	{ tag: t.number, color: 'var(--syn-number)' },
	{ tag: [t.string, t.special(t.string)], color: 'var(--syn-string)' },
	{ tag: t.function(t.variableName), color: 'var(--syn-fn)' },
	{ tag: t.propertyName, color: 'var(--syn-arg)' },
	{ tag: t.operator, color: 'var(--syn-op)' },
	{ tag: t.keyword, color: 'var(--syn-op)', fontWeight: '600' }
]);

/** Tell the editor which words there are now. */
export const setWords = StateEffect.define<Words>();

const words = StateField.define<Words>({
	create: () => NO_WORDS,
	update: (known, tr) =>
		tr.effects.reduce((now, effect) => (effect.is(setWords) ? effect.value : now), known)
});

export const wordsIn = (state: EditorState): Words => state.field(words);

const column = Decoration.mark({ class: 'cm-column' });

/** A bare name is a column only if the data set has one of that name. */
function columnsIn(view: EditorView): DecorationSet {
	const { columns } = wordsIn(view.state);
	const found: Range<Decoration>[] = [];
	syntaxTree(view.state).iterate({
		enter: (n) => {
			if (n.name !== 'Name' || n.node.nextSibling?.name === 'Arguments') return;
			if (columns.has(view.state.sliceDoc(n.from, n.to))) found.push(column.range(n.from, n.to));
		}
	});
	return Decoration.set(found);
}

const columnMarks = ViewPlugin.define(
	(view) => ({
		marks: columnsIn(view),
		update(update) {
			const changed = update.startState.field(words) !== update.state.field(words);
			if (
				changed ||
				update.docChanged ||
				syntaxTree(update.startState) !== syntaxTree(update.state)
			)
				this.marks = columnsIn(update.view);
		}
	}),
	{ decorations: (plugin) => plugin.marks }
);

export const expressionLanguage: Extension = [
	language,
	syntaxHighlighting(colours),
	words,
	columnMarks
];
