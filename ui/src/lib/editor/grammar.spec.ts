import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parser } from './parser.ts';

interface Fixtures {
	accept: string[];
	reject: string[];
	/** Grammatical, but the engine knows better. */
	meaning: string[];
}
// tests/engine/test_dsl_fixtures.py asks the engine about the same texts.
const file = new URL('../../../../tests/golden/expressions.json', import.meta.url);
const fixtures = JSON.parse(readFileSync(file, 'utf8')) as Fixtures;

function accepts(text: string): boolean {
	let fine = true;
	parser.parse(text).iterate({ enter: (node) => void (fine &&= !node.type.isError) });
	return fine;
}

describe('the grammar of the editor', () => {
	it.each([...fixtures.accept, ...fixtures.meaning])('accepts %j', (text) => {
		expect(accepts(text)).toBe(true);
	});
	it.each(fixtures.reject)('rejects %j', (text) => {
		expect(accepts(text)).toBe(false);
	});
	it('sees the structure that binding powers give', () => {
		const shape = (text: string) => parser.parse(text).toString();
		expect(shape('-x ^ 2')).toBe('Program(Minus(ArithSign,Power(Name,ArithSign,Number)))');
		expect(shape('a=x;a')).toBe('Program(Step(StepName,"=",Name,";"),Name)');
		expect(shape('f(x, d=1)')).toBe(
			'Program(Call(Name,Arguments("(",Name,",",NamedArgument(ArgumentName,"=",Number),")")))'
		);
	});
});
