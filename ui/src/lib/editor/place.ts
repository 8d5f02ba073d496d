/** Where in an expression one is: the call around a place, and the names that hold there. */
import type { SyntaxNode, Tree } from '@lezer/common';

export interface Call {
	/** The name as it was written; it may be an alias, or none at all. */
	name: string;
	from: number;
	/** Which argument, counted from 0. */
	index: number;
	/** Its name, where it was given one. */
	argument?: string;
}

/** The innermost call whose parentheses hold the place. */
export function callAt(tree: Tree, text: string, at: number): Call | null {
	for (let n: SyntaxNode | null = tree.resolveInner(at, -1); n; n = n.parent) {
		if (n.name === 'Arguments' && holds(n, at)) return described(n, text, at);
		if (n.name === 'Column' && at > (n.getChild('(')?.from ?? Infinity) && holds(n, at))
			return { name: 'feat', from: n.from, index: 0 };
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
	for (let c = args.firstChild; c && c.from < at; c = c.nextSibling) {
		if (c.name === ',') [index, argument] = [index + 1, undefined];
		const named = c.name === 'NamedArgument' && c.getChild('ArgumentName');
		if (named) argument = text.slice(named.from, named.to);
	}
	return { name: text.slice(name.from, name.to), from: name.from, index, argument };
}

/** The named steps that an expression at the place may use. */
export function stepsAt(tree: Tree, text: string, at: number): string[] {
	return tree.topNode
		.getChildren('Step')
		.filter((step) => step.to <= at && step.lastChild?.name === ';')
		.flatMap((step) => step.getChildren('StepName'))
		.map((name) => text.slice(name.from, name.to));
}

/** Where a string begins whose inside holds the place: after its quotation mark. */
export function stringAt(tree: Tree, text: string, at: number): number | null {
	const node = tree.resolveInner(at, -1);
	if (node.name === 'String' && at > node.from && at < node.to) return node.from + 1;
	// While it is not closed there is no string to see yet.
	const open = /(?:feat\s*\(|[(,=])\s*(["'])([^"']*)$/.exec(text.slice(0, at));
	return open ? at - open[2].length : null;
}
