import { beforeEach, expect, it, vi } from 'vitest';
import { dropToken, takeToken, token } from './token.ts';

class Store {
	kept: Record<string, string> = {};
	getItem = (key: string) => this.kept[key] ?? null;
	setItem = (key: string, value: string) => void (this.kept[key] = value);
	removeItem = (key: string) => void delete this.kept[key];
}
const at = (hash: string) => ({ hash, pathname: '/jobs', search: '?a=1' }) as Location;
const storage = (store: object) => store as Storage;
const replaced = vi.fn();

beforeEach(() => {
	replaced.mockReset();
	vi.stubGlobal('history', { state: null, replaceState: replaced });
	dropToken(storage(new Store()));
});

it('is taken out of the address and kept for a reload', () => {
	const store = new Store();
	expect(takeToken(at('#t=Ab_9-.~'), storage(store))).toBe('Ab_9-.~');
	expect(replaced).toHaveBeenCalledWith(null, '', '/jobs?a=1');
	expect(takeToken(at(''), storage(store))).toBe('Ab_9-.~');
});

it('is absent without either, and other fragments are left alone', () => {
	expect(takeToken(at('#main'), storage(new Store()))).toBeNull();
	expect(replaced).not.toHaveBeenCalled();
});

it('works without storage', () => {
	const off = new Proxy({}, { get: () => () => { throw new Error('off'); } }); // prettier-ignore
	expect(takeToken(at('#t=x'), storage(off))).toBe('x');
	expect(token()).toBe('x');
});

it('is gone once refused', () => {
	const store = new Store();
	takeToken(at('#t=x'), storage(store));
	dropToken(storage(store));
	expect([token(), store.kept]).toEqual([null, {}]);
});
