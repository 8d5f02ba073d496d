import { expect, it } from 'vitest';
import { chosenBy, target } from './table-keys.ts';

it('moves by rows, pages and to the ends, and stays inside', () => {
	const go = (key: string, at = 50) => target(key, at, 20, 100);
	expect(
		['ArrowDown', 'j', 'J', 'ArrowUp', 'k', 'PageDown', 'PageUp', 'Home', 'End'].map((k) => go(k))
	).toEqual([51, 51, 51, 49, 49, 70, 30, 0, 99]);
	expect([go('ArrowUp', 0), go('PageDown', 95), go('x')]).toEqual([0, 99, null]);
});
it('chooses one with control and a range with shift', () => {
	const none = { shiftKey: false, ctrlKey: false, metaKey: false };
	expect([
		chosenBy(none),
		chosenBy({ ...none, ctrlKey: true }),
		chosenBy({ ...none, metaKey: true }),
		chosenBy({ ...none, shiftKey: true })
	]).toEqual(['none', 'one', 'one', 'range']);
});
