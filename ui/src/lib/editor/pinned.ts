/** One card that a key has called; it goes with Escape, the focus, or a move of cursor or text. */
import { StateEffect, StateField, type Extension } from '@codemirror/state';
import { EditorView, keymap, showTooltip, type Tooltip } from '@codemirror/view';

export const pin = StateEffect.define<Tooltip | null>();

const pinned = StateField.define<Tooltip | null>({
	create: () => null,
	update(now, tr) {
		for (const effect of tr.effects) if (effect.is(pin)) return effect.value;
		return tr.docChanged || tr.selection ? null : now;
	},
	provide: (field) => showTooltip.from(field)
});

function putAway(view: EditorView): boolean {
	if (!view.state.field(pinned)) return false;
	view.dispatch({ effects: pin.of(null) });
	return true;
}

/** To a button of the card the focus may go. */
const leave = EditorView.domEventHandlers({
	blur: ({ relatedTarget }, view) => {
		if (!view.dom.contains(relatedTarget as Node | null)) putAway(view);
	}
});

export const pinnedCard: Extension = [pinned, leave, keymap.of([{ key: 'Escape', run: putAway }])];
