/** What was found wrong, underlined; on hover it says what, with the fixes as buttons. */
import { StateEffect, StateField, type Extension } from '@codemirror/state';
import {
	Decoration,
	EditorView,
	hoverTooltip,
	WidgetType,
	type DecorationSet
} from '@codemirror/view';
import { element } from './cards.ts';
import type { Finding } from './spans.ts';

/** A place between two characters, where something is missing. */
class Point extends WidgetType {
	constructor(readonly severity: Finding['severity']) {
		super();
	}
	override eq(other: Point): boolean {
		return other.severity === this.severity;
	}
	override toDOM(): HTMLElement {
		return element('span', `cm-lintPoint cm-lintPoint-${this.severity}`);
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

/** Replace a span, and leave the cursor behind it. */
export function applyFix(view: EditorView, from: number, to: number, text: string): void {
	view.dispatch({
		changes: { from, to, insert: text },
		selection: { anchor: from + text.length },
		userEvent: 'input.complete'
	});
	view.focus();
}

/** One finding in words; its place is where the text has moved to since. */
function card(view: EditorView, { message, fixes, severity }: Finding, at: [number, number]): Node {
	const buttons = fixes.map(({ label, text }) => {
		const button = element('button', 'cm-diagnosticAction', label) as HTMLButtonElement;
		button.type = 'button';
		button.onclick = () => applyFix(view, ...at, text);
		return button;
	});
	return element('div', `cm-diagnostic cm-diagnostic-${severity}`, message, ' ', ...buttons);
}

const hover = hoverTooltip(
	(view, pos) => {
		const found: [Finding, [number, number]][] = [];
		view.state.field(marks).between(pos, pos, (from, to, { spec }) => {
			found.push([(spec as { finding: Finding }).finding, [from, to]]);
		});
		if (!found.length) return null;
		return {
			pos: Math.min(...found.map(([, [from]]) => from)),
			end: Math.max(...found.map(([, [, to]]) => to)),
			above: true,
			create: () => ({
				dom: element('div', '', ...found.map(([finding, at]) => card(view, finding, at)))
			})
		};
	},
	{ hoverTime: 250, hideOnChange: true }
);

export const findingMarks: Extension = [marks, hover];

/** Underline what was found in `text`, unless another text stands there by now. */
export function showFindings(view: EditorView, found: readonly Finding[], text: string): void {
	if (text === view.state.doc.toString()) view.dispatch({ effects: setFindings.of(found) });
}
