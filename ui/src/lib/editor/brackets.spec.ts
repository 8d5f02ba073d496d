import { expect, it } from 'vitest';
import { unmatched } from './brackets.ts';

it.each([
	['(a + b) * (c)', []],
	['(a + (b)', [0]],
	['a) + (b', [1, 5]],
	['feat("(") + x)', [13]],
	["feat('\\')') + (", [14]],
	['f("never closed (', [1]]
])('%j lacks partners of %j', (text, places) => expect(unmatched(text)).toEqual(places));
