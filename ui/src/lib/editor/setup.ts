/** The editor itself: everything that needs CodeMirror, so that only who edits loads it. */
import {
	acceptCompletion,
	autocompletion,
	closeBrackets,
	closeBracketsKeymap,
	completionKeymap,
	snippet
} from '@codemirror/autocomplete';
import { history, historyKeymap, standardKeymap, toggleTabFocusMode } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { EditorState, Prec } from '@codemirror/state';
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view';
import { complete } from './complete.ts';
import { hoverCards, signatureHelp } from './hints.ts';
import { expressionLanguage, setWords } from './language.ts';
import { findingMarks } from './marks.ts';
import { theme } from './theme.ts';
import type { Words } from './words.ts';

interface Options {
	parent: HTMLElement;
	text: string;
	label: string;
	/** The id of what describes the keys. */
	description: string;
	hint: string;
	onchange: (text: string) => void;
	onrun: (text: string) => void;
}

export { applyFix, showFindings } from './marks.ts';

const textOf = (view: EditorView): string => view.state.doc.toString();

const extensions = ({ label, description, hint, onchange, onrun }: Options) => [
	Prec.highest(
		keymap.of([
			{ key: 'Mod-Enter', run: (view) => (onrun(textOf(view)), true) },
			{ key: 'Tab', run: acceptCompletion }
		])
	),
	history(),
	drawSelection(),
	bracketMatching({ afterCursor: true }),
	closeBrackets(),
	expressionLanguage,
	autocompletion({ override: [complete], icons: false, maxRenderedOptions: 200 }),
	hoverCards,
	findingMarks,
	keymap.of([...closeBracketsKeymap, ...historyKeymap, ...completionKeymap]),
	signatureHelp,
	keymap.of([...standardKeymap, { key: 'Ctrl-m', mac: 'Shift-Alt-m', run: toggleTabFocusMode }]),
	EditorView.lineWrapping,
	placeholder(hint),
	EditorView.contentAttributes.of({
		'aria-label': label,
		'aria-describedby': description,
		'aria-multiline': 'true',
		spellcheck: 'false',
		autocapitalize: 'off',
		autocorrect: 'off'
	}),
	theme,
	EditorView.updateListener.of((update) => {
		if (update.docChanged) onchange(update.state.doc.toString());
	})
];

export function createEditor(options: Options): EditorView {
	const state = EditorState.create({ doc: options.text, extensions: extensions(options) });
	return new EditorView({ parent: options.parent, state });
}

/** Another text, with the cursor at its end; nothing when it is there already. */
export function replaceText(view: EditorView, text: string): void {
	if (text === textOf(view)) return;
	view.dispatch({
		changes: { from: 0, to: view.state.doc.length, insert: text },
		selection: { anchor: text.length }
	});
}

export const giveWords = (view: EditorView, words: Words): void =>
	view.dispatch({ effects: setWords.of(words) });

const WORDY = /[\p{L}\p{N}_]/u;

/** Put something at the cursor: a template with tab stops, set apart from the words around it. */
export function insertAt(view: EditorView, template: string): void {
	const { from, to } = view.state.selection.main;
	const apart = (text: string, edge: string | undefined) =>
		WORDY.test(text) && WORDY.test(edge ?? '') ? ' ' : '';
	const before = apart(view.state.sliceDoc(from - 1, from), template[0]);
	const after = apart(view.state.sliceDoc(to, to + 1), template.at(-1));
	snippet(before + template + after)(view, null, from, to);
	view.focus();
}

/** Put the cursor at a place and the focus into the editor. */
export function goTo(view: EditorView, from: number, to = from): void {
	view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
	view.focus();
}
