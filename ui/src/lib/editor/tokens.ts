/** The words of an expression by a glance at the text: for showing it where nobody edits. */

export type TokenKind = 'number' | 'column' | 'operator' | 'argument' | 'keyword' | 'sign' | 'text';
export interface Token {
	kind: TokenKind;
	text: string;
	/** The name a word or string stands for. */
	name?: string;
}

const TOKEN =
	/(?<space>\s+)|(?<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<string>"(?:[^"\\]|\\[^])*"|'(?:[^'\\]|\\[^])*')|(?<sign><=|>=|==|!=|&&|\|\||[-+*/^<>!?:])/gu;
const KEYWORD = /^(and|or|not)$/;

/** All of the text, in pieces. */
export function tokens(text: string): Token[] {
	const found: Token[] = [];
	let at = 0;
	for (const match of text.matchAll(TOKEN)) {
		if (match.index > at) found.push({ kind: 'text', text: text.slice(at, match.index) });
		at = match.index + match[0].length;
		found.push(classify(match, text.slice(at)));
	}
	if (at < text.length) found.push({ kind: 'text', text: text.slice(at) });
	return found;
}

function classify(match: RegExpMatchArray, rest: string): Token {
	const text = match[0];
	const { space, number, word, string } = match.groups ?? {};
	if (space) return { kind: 'text', text };
	if (number) return { kind: 'number', text };
	if (string) return { kind: 'column', text, name: text.slice(1, -1).replaceAll(/\\([^])/g, '$1') };
	if (!word) return { kind: 'sign', text };
	if (/^\s*\(/.test(rest)) return { kind: 'operator', text, name: text };
	if (KEYWORD.test(text)) return { kind: 'keyword', text };
	// `name =` gives a step or an argument its name.
	return /^\s*=(?!=)/.test(rest)
		? { kind: 'argument', text }
		: { kind: 'column', text, name: text };
}
