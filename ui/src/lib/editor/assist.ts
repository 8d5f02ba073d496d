/** What helps while one writes: completion, explanations, the call around the cursor. It comes after the editor. */
import {
	acceptCompletion,
	autocompletion,
	closeBrackets,
	closeBracketsKeymap,
	snippet,
	startCompletion
} from '@codemirror/autocomplete';
import { Prec, type Extension } from '@codemirror/state';
import { keymap, type EditorView } from '@codemirror/view';
import { askFixes, complete, fixes, fixesAsked } from './complete.ts';
import { explanations } from './explain.ts';
import { signatureHelp } from './hints.ts';
import { findingCards, goToFixable } from './marks.ts';

/** The fixes of what is wrong at the cursor, or of the next thing that has some. */
function listFixes(view: EditorView): boolean {
	if (!goToFixable(view)) return false;
	view.dispatch({ effects: askFixes.of(null) });
	return startCompletion(view);
}

export const assist: Extension = [
	Prec.highest(keymap.of([{ key: 'Tab', run: acceptCompletion }])),
	closeBrackets(),
	fixesAsked,
	autocompletion({ override: [fixes, complete], icons: false, maxRenderedOptions: 200 }),
	findingCards,
	explanations,
	keymap.of([
		...closeBracketsKeymap,
		{ key: 'Mod-.', run: listFixes },
		{ key: 'Alt-Enter', run: listFixes }
	]),
	signatureHelp
];

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
