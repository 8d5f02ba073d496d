/** Text from somebody's file, with the characters one cannot see made visible.
 *
 * Two symbols that look alike may differ by a zero-width space or run backwards; on a page about
 * the quality of data that must be seen. Letters of any script stay as they are. */

export interface Part {
	text: string;
	/** "U+200B, zero width space": set where `text` stands for something invisible. */
	hidden?: string;
}

const NAMES: Record<number, string> = {
	0x09: 'tab',
	0x0a: 'line feed',
	0x0d: 'carriage return',
	0x20: 'space',
	0xa0: 'no-break space',
	0xad: 'soft hyphen',
	0x61c: 'Arabic letter mark',
	0x200b: 'zero width space',
	0x200c: 'zero width non-joiner',
	0x200d: 'zero width joiner',
	0x200e: 'left-to-right mark',
	0x200f: 'right-to-left mark',
	0x202a: 'left-to-right embedding',
	0x202b: 'right-to-left embedding',
	0x202c: 'end of embedding',
	0x202d: 'left-to-right override',
	0x202e: 'right-to-left override',
	0x2028: 'line separator',
	0x2029: 'paragraph separator',
	0x2060: 'word joiner',
	0xfeff: 'byte order mark'
};
// Controls, formats, lone surrogates, private use, every separator but the plain space, the marks
// that fill Hangul, and whatever is drawn as nothing.
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]|[^\S ]|[\u115f\u1160\u2800\u3164\uffa0]|\p{M}/u;
const EDGE = /^ +| +$/g;

function nameOf(char: string): string {
	const code = char.codePointAt(0) ?? 0;
	const number = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
	const kind = NAMES[code] ?? (/\p{M}/u.test(char) ? 'a mark without a letter' : 'not printable');
	return `${number}, ${kind}`;
}

const shown = (char: string): Part => ({
	text: char === ' ' ? '\u2423' : `<${nameOf(char).split(',')[0].slice(2)}>`,
	hidden: nameOf(char)
});

/** The text in parts; a mark that sits on a letter belongs to it and is no news. */
export function parts(text: string): Part[] {
	const edges = new Set<number>();
	for (const { index, 0: spaces } of text.matchAll(EDGE))
		for (let i = 0; i < spaces.length; i++) edges.add(index + i);
	const found: Part[] = [];
	let at = 0;
	let letter = false;
	for (const char of text) {
		const mark = /\p{M}/u.test(char);
		const unseen: boolean =
			edges.has(at) || (UNSEEN.test(char) && !(mark && letter && !blank(char)));
		const last = found.at(-1);
		if (unseen) found.push(shown(char));
		else if (last && last.hidden === undefined) last.text += char;
		else found.push({ text: char });
		letter = !unseen && (mark || /[\p{L}\p{N}\p{S}]/u.test(char));
		at += char.length;
	}
	return found;
}

/** Marks that are never drawn, whatever they sit on. */
const blank = (char: string): boolean => /\u034f|\u17b4|\u17b5|\p{Variation_Selector}/u.test(char);

/** Whether there is anything in it that one would not see. */
export const hasUnseen = (text: string): boolean => parts(text).some((p) => p.hidden !== undefined);

/** As plain text, for titles, pictures and what is read aloud; an empty one is told as such. */
export const visible = (text: string): string =>
	text === ''
		? '(empty)'
		: parts(text)
				.map((p) => p.text)
				.join('');
