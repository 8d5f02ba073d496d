/** Where in an expression one is: the call around a place, and the names that hold there. */
import type { SyntaxNode, Tree } from '@lezer/common';
import { parser } from './parser.ts';

export interface Call {
	/** The name as it was written; it may be an alias, or none at all. */
	name: string;
	from: number;
	/** Which argument, counted from 0. */
	index: number;
	/** Its name, where it was given one. */
	argument?: string;
	/** The names that arguments were given before this one. */
	named: readonly string[];
}

/** The innermost call whose parentheses hold the place. */
export function callAt(tree: Tree, text: string, at: number): Call | null {
	for (let n: SyntaxNode | null = tree.resolveInner(at, -1); n; n = n.parent) {
		if (n.name === 'Arguments' && holds(n, at)) return described(n, text, at);
		if (n.name === 'Column' && at > (n.getChild('(')?.from ?? Infinity) && holds(n, at))
			return { name: 'feat', from: n.from, index: 0, named: [] };
	}
	return null;
}

const holds = (n: SyntaxNode, at: number): boolean =>
	at > n.from && !(n.lastChild?.name === ')' && at >= n.to);

function described(args: SyntaxNode, text: string, at: number): Call | null {
	const name = args.prevSibling ?? args.parent?.firstChild;
	if (!name || name.from === args.from) return null;
	let index = 0;
	let argument: string | undefined;
	const named: string[] = [];
	for (let c = args.firstChild; c && c.from < at; c = c.nextSibling) {
		if (c.name === ',') {
			if (argument !== undefined) named.push(argument);
			[index, argument] = [index + 1, undefined];
		}
		const given = c.name === 'NamedArgument' && c.getChild('ArgumentName');
		if (given) argument = text.slice(given.from, given.to);
	}
	return { name: text.slice(name.from, name.to), from: name.from, index, argument, named };
}

export interface Step {
	name: string;
	/** Where its name stands. */
	from: number;
	to: number;
	/** What it stands for, as it is written. */
	text: string;
}

/** The named steps that an expression at the place may use. */
export function stepsAt(tree: Tree, text: string, at: number): Step[] {
	return tree.topNode
		.getChildren('Step')
		.filter((step) => step.to <= at && step.lastChild?.name === ';')
		.flatMap((step) => stepOf(step, text) ?? []);
}

/** The step that a name of one begins. */
export const stepNamedBy = (n: SyntaxNode, text: string): Step | null =>
	n.name === 'StepName' && n.parent ? stepOf(n.parent, text) : null;

function stepOf(step: SyntaxNode, text: string): Step | null {
	const [name, equals] = [step.getChild('StepName'), step.getChild('=')];
	if (!name || !equals) return null;
	const end = step.lastChild?.name === ';' ? step.lastChild.from : step.to;
	return {
		name: text.slice(name.from, name.to),
		from: name.from,
		to: name.to,
		text: text.slice(equals.to, end).trim()
	};
}

/** Where a string begins whose inside holds the place: after its quotation mark. */
export function stringAt(tree: Tree, text: string, at: number): number | null {
	const node = tree.resolveInner(at, -1);
	if (node.name === 'String' && at > node.from && at < node.to) return node.from + 1;
	// While it is not closed there is no string to see yet.
	const open = /(?:feat\s*\(|[(,=])\s*(["'])([^"']*)$/.exec(text.slice(0, at));
	return open ? at - open[2].length : null;
}

const OPERANDS = new Set(['Number', 'Name', 'String', ')']);

/**
 * Whether something that has a value ends before the place, so that a sign may follow. Asked of the
 * text up to there alone: what follows may not fit, and the tree is bent then.
 */
export function followsOperand(text: string, at: number): boolean {
	const before = text.slice(0, at).trimEnd();
	return OPERANDS.has(parser.parse(before).resolveInner(before.length, -1).name);
}
