import { describe, expect, it } from 'vitest';
import { nameOf, namesOf, partsOf, withName, withoutName } from './address.ts';

describe('the address of a comparison', () => {
	it('names each strategy once, in order', () =>
		expect(namesOf(' b,a@r1,,b , a ')).toEqual(['b', 'a@r1', 'a']));
	it('has none when it is empty', () => expect(namesOf('')).toEqual([]));
	it('takes names apart and puts them together', () => {
		expect(partsOf('a@run_1')).toEqual({ hash: 'a', run: 'run_1' });
		expect(partsOf('a')).toEqual({ hash: 'a' });
		expect([nameOf('a', 'run_1'), nameOf('a')]).toEqual(['a@run_1', 'a']);
	});
	it('adds at the end and takes away', () => {
		expect(withName(['a'], 'b')).toEqual(['a', 'b']);
		expect(withName(['a', 'b'], 'a')).toEqual(['a', 'b']);
		expect(withoutName(['a', 'b'], 'a')).toEqual(['b']);
	});
});
