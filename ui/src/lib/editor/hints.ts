/** What the words under the pointer and the call around the cursor mean. */
import { syntaxTree } from '@codemirror/language';
import { StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state';
import { hoverTooltip, keymap, showTooltip, type EditorView, type Tooltip } from '@codemirror/view';
import { columnCard, featCard, operatorCard, signatureCard } from './cards.ts';
import { setWords, wordsIn } from './language.ts';
import { callAt } from './place.ts';

/** The card about what stands at a place. */
export function cardAt(
	state: EditorState,
	at: number
): { from: number; to: number; card: () => HTMLElement } | null {
	const n = syntaxTree(state).resolveInner(at, 0);
	const text = state.sliceDoc(n.from, n.to);
	const words = wordsIn(state);
	const isCall = n.parent?.name === 'Call' || n.parent?.name === 'WordName';
	const operator = isCall && n.name !== 'String' ? words.operators.get(text) : undefined;
	if (operator) return { from: n.from, to: n.to, card: () => operatorCard(operator) };
	const name = n.name === 'String' ? text.slice(1, -1) : n.name === 'Name' ? text : '';
	const column = words.columns.get(name);
	return column ? { from: n.from, to: n.to, card: () => columnCard(column) } : null;
}

export const hoverCards = hoverTooltip(
	(view, at) => {
		const found = cardAt(view.state, at);
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
