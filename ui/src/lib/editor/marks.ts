/** What was found in the text, underlined; on hover and by key it says what, with the fixes. */
import { StateEffect, StateField, type EditorState, type Extension } from '@codemirror/state';
import {
	Decoration,
	EditorView,
	hoverTooltip,
	keymap,
	WidgetType,
	type DecorationSet
} from '@codemirror/view';
import { pin, pinnedCard } from './pinned.ts';
import { told, type Finding } from './spans.ts';

/** A place between two characters, where something is missing. */
class Point extends WidgetType {
	constructor(readonly severity: Finding['severity']) {
		super();
	}
	override eq(other: Point): boolean {
		return other.severity === this.severity;
	}
	override toDOM(): HTMLElement {
		const point = document.createElement('span');
		point.className = `cm-lintPoint cm-lintPoint-${this.severity}`;
		return point;
	}
}

const markOf = (finding: Finding): Decoration =>
	finding.from === finding.to
		? Decoration.widget({ widget: new Point(finding.severity), finding })
		: Decoration.mark({ class: `cm-lintRange cm-lintRange-${finding.severity}`, finding });

const setFindings = StateEffect.define<readonly Finding[]>();

const marks = StateField.define<DecorationSet>({
	create: () => Decoration.none,
	update(now, tr) {
		for (const effect of tr.effects)
			if (effect.is(setFindings))
				return Decoration.set(
					effect.value.map((finding) => markOf(finding).range(finding.from, finding.to)),
					true
				);
		return now.map(tr.changes);
	},
	provide: (field) => EditorView.decorations.from(field)
});

/** A finding, and where the text has moved to since. */
export interface Found {
	finding: Finding;
	from: number;
	to: number;
}

/** The findings that touch a place; without one, all, in the order of the text. */
export function findingsAt(state: EditorState, at?: number): Found[] {
	const found: Found[] = [];
	state.field(marks).between(at ?? 0, at ?? state.doc.length, (from, to, { spec }) => {
		found.push({ finding: (spec as { finding: Finding }).finding, from, to });
	});
	return found;
}

/** Replace a span, and leave the cursor behind it. */
export function applyFix(view: EditorView, from: number, to: number, text: string): void {
	view.dispatch({
		changes: { from, to, insert: text },
		selection: { anchor: from + text.length },
		userEvent: 'input.complete'
	});
	view.focus();
}

function fixButton(view: EditorView, { from, to }: Found, label: string, text: string): Node {
	const button = document.createElement('button');
	button.className = 'cm-diagnosticAction';
	button.textContent = label;
	button.type = 'button';
	button.onclick = () => applyFix(view, from, to, text);
	return button;
}

function cardOf(view: EditorView, found: Found): HTMLElement {
	const { severity, fixes } = found.finding;
	const dom = document.createElement('div');
	dom.className = `cm-diagnostic cm-diagnostic-${severity}`;
	dom.append(told(found.finding), ' ');
	dom.append(...fixes.map(({ label, text }) => fixButton(view, found, label, text)));
	return dom;
}

export const findingCards: Extension = hoverTooltip(
	(view, pos) => {
		const found = findingsAt(view.state, pos);
		if (!found.length) return null;
		const dom = document.createElement('div');
		dom.append(...found.map((one) => cardOf(view, one)));
		return {
			pos: Math.min(...found.map(({ from }) => from)),
			end: Math.max(...found.map(({ to }) => to)),
			above: true,
			create: () => ({ dom })
		};
	},
	{ hoverTime: 250, hideOnChange: true }
);

/** The finding that follows the cursor, or goes before it; from the last one the first follows. */
function beside(state: EditorState, by: 1 | -1, all: readonly Found[]): Found | undefined {
	const { from, to } = state.selection.main;
	const here = all.findIndex((found) => found.from === from && found.to === to);
	if (here >= 0) return all.at((here + by) % all.length);
	return by > 0
		? (all.find((found) => found.from >= from) ?? all[0])
		: (all.findLast((found) => found.from < from) ?? all.at(-1));
}

/** Select a finding, say what it is, and show it. */
function show(view: EditorView, found: Found, text: string): void {
	view.dispatch({
		selection: { anchor: found.from, head: found.to },
		scrollIntoView: true,
		effects: [
			pin.of({
				pos: found.from,
				end: found.to,
				above: true,
				create: () => ({ dom: cardOf(view, found) })
			}),
			EditorView.announce.of(text)
		]
	});
}

const goBy =
	(by: 1 | -1) =>
	(view: EditorView): boolean => {
		const all = findingsAt(view.state);
		const found = beside(view.state, by, all);
		if (!found) return true;
		const place = `${all.indexOf(found) + 1} of ${all.length}. `;
		const fixes = found.finding.fixes.map(({ label }) => label).join(', ');
		const offer = fixes ? ` Control and period offers ${fixes}.` : '';
		show(view, found, place + told(found.finding) + offer);
		return true;
	};

/** Stand at the end of a finding that has a fix, of this one or the next; false where none has. */
export function goToFixable(view: EditorView): boolean {
	const fixable = (found: Found) => found.finding.fixes.length > 0;
	const here = findingsAt(view.state, view.state.selection.main.head).find(fixable);
	const found = here ?? beside(view.state, 1, findingsAt(view.state).filter(fixable));
	if (found) view.dispatch({ selection: { anchor: found.to }, scrollIntoView: true });
	return found !== undefined;
}

export const findingMarks: Extension = [
	marks,
	pinnedCard,
	keymap.of([{ key: 'F8', run: goBy(1), shift: goBy(-1) }])
];

/** Underline what was found in `text`, unless another text stands there by now. */
export function showFindings(view: EditorView, found: readonly Finding[], text: string): void {
	if (text === view.state.doc.toString()) view.dispatch({ effects: setFindings.of(found) });
}
