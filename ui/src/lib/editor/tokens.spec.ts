import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { tokens } from './tokens.ts';

const file = new URL('../../../../tests/golden/expressions.json', import.meta.url);
const { accept } = JSON.parse(readFileSync(file, 'utf8')) as { accept: string[] };

it.each(accept)('loses nothing of %j', (text) => {
	const found = tokens(text);
	expect(found.map((t) => t.text).join('')).toBe(text);
	expect(found.filter((t) => t.kind === 'text' && /[\p{L}\d"']/u.test(t.text))).toEqual([]);
});

it('tells words apart', () => {
	const kinds = (text: string) =>
		tokens(text)
			.filter((t) => t.text.trim())
			.map((t) => `${t.kind} ${t.name ?? t.text}`);
	expect(kinds('a = x; not f(a, d=1.5) == "n i"')).toEqual([
		'argument a',
		'text =',
		'column x',
		'text ;',
		'keyword not',
		'operator f',
		'text (',
		'column a',
		'text ,',
		'argument d',
		'text =',
		'number 1.5',
		'text )',
		'sign ==',
		'column n i'
	]);
});
