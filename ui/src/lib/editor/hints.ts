/** The call around the cursor, with the argument one is at. */
import { syntaxTree } from '@codemirror/language';
import { StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state';
import { keymap, showTooltip, type EditorView, type Tooltip } from '@codemirror/view';
import { featCard, signatureCard } from './cards.ts';
import { setWords, wordsIn } from './language.ts';
import { callAt } from './place.ts';

function signature(state: EditorState): Tooltip | null {
	const { empty, head } = state.selection.main;
	const call = empty ? callAt(syntaxTree(state), state.doc.toString(), head) : null;
	const operator = call && wordsIn(state).operators.get(call.name);
	if (!call || (!operator && call.name !== 'feat')) return null;
	return {
		pos: call.from,
		above: true,
		create: () => ({
			dom: operator ? signatureCard(operator, call.index, call.argument) : featCard()
		})
	};
}

const hide = StateEffect.define();

const shown = StateField.define<Tooltip | null>({
	create: () => null,
	update(now, tr) {
		if (tr.effects.some((effect) => effect.is(hide))) return null;
		const moved = tr.docChanged || tr.selection || tr.effects.some((e) => e.is(setWords));
		return moved ? signature(tr.state) : now;
	},
	provide: (field) => showTooltip.from(field)
});

/** Escape puts the card away until the cursor moves. */
function putAway(view: EditorView): boolean {
	if (!view.state.field(shown)) return false;
	view.dispatch({ effects: hide.of(null) });
	return true;
}

export const signatureHelp: Extension = [shown, keymap.of([{ key: 'Escape', run: putAway }])];
