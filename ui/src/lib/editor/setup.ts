/** The editor itself: everything that needs CodeMirror, so that only who edits loads it. */
import { history, historyKeymap, standardKeymap, toggleTabFocusMode } from '@codemirror/commands';
import { Compartment, EditorState, Prec } from '@codemirror/state';
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view';
import { brackets } from './brackets.ts';
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

/** What is not needed to see a text and to write in it comes after the first paint. */
const assistance = new Compartment();
const loadAssist = () => import('./assist.ts');

const extensions = ({ label, description, hint, onchange, onrun }: Options) => [
	Prec.highest(keymap.of([{ key: 'Mod-Enter', run: (view) => (onrun(textOf(view)), true) }])),
	assistance.of([]),
	history(),
	drawSelection(),
	brackets,
	expressionLanguage,
	findingMarks,
	keymap.of([
		...historyKeymap,
		...standardKeymap,
		{ key: 'Ctrl-m', mac: 'Shift-Alt-m', run: toggleTabFocusMode }
	]),
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
	const view = new EditorView({ parent: options.parent, state });
	loadAssist().then(
		({ assist }) => view.dispatch({ effects: assistance.reconfigure(assist) }),
		() => undefined // one can write without
	);
	return view;
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

/** Put something at the cursor: a template with tab stops. */
export const insertAt = async (view: EditorView, template: string): Promise<void> =>
	(await loadAssist()).insertAt(view, template);

/** Put the cursor at a place and the focus into the editor. */
export function goTo(view: EditorView, from: number, to = from): void {
	view.dispatch({ selection: { anchor: from, head: to }, scrollIntoView: true });
	view.focus();
}
