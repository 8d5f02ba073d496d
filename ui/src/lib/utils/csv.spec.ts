import { expect, it } from 'vitest';
import { csv } from './csv.ts';

it('writes what a spreadsheet reads back', () => {
	expect(csv([['a', 'b, c', 'say "no"', null, undefined, 'two\nlines', ' x']])).toBe(
		'a,"b, c","say ""no""",,,"two\nlines"," x"\r\n'
	);
});

it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '=HYPERLINK("http://x","y")'])(
	'takes the formula out of %j',
	(text) => {
		const cell = csv([[text]]).replace(/^"|"?\r\n$/g, '');
		expect(cell.startsWith("'")).toBe(true);
	}
);

it('leaves numbers numbers', () => {
	expect(csv([[-1.5, 0, 1e21, NaN, Infinity]])).toBe('-1.5,0,1e+21,,\r\n');
});
