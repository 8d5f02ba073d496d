/** Brackets: the pair at the cursor, and those that have none anywhere. */
import { bracketMatching } from '@codemirror/language';
import { StateField, type Extension } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';

/** Strings, also those that never end, and the brackets outside them. */
const PIECE = /"(?:[^"\\]|\\[^])*"?|'(?:[^'\\]|\\[^])*'?|[()]/g;

/** The places of brackets that no other one closes or opens. */
export function unmatched(text: string): number[] {
	const [open, stray]: [number[], number[]] = [[], []];
	for (const { 0: piece, index } of text.matchAll(PIECE)) {
		if (piece === '(') open.push(index);
		else if (piece === ')' && open.pop() === undefined) stray.push(index);
	}
	return [...stray, ...open].sort((a, b) => a - b);
}

const mark = Decoration.mark({ class: 'cm-unmatchedBracket' });

const strays = StateField.define<DecorationSet>({
	create: ({ doc }) => marksIn(doc.toString()),
	update: (now, tr) => (tr.docChanged ? marksIn(tr.newDoc.toString()) : now),
	provide: (field) => EditorView.decorations.from(field)
});

const marksIn = (text: string): DecorationSet =>
	Decoration.set(unmatched(text).map((at) => mark.range(at, at + 1)));

export const brackets: Extension = [bracketMatching({ afterCursor: true }), strays];
