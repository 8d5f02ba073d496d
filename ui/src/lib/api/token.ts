/**
 * The key of this start of the engine. The launcher puts it behind the address (`#t=...`); it is
 * taken from there once, kept for reloads of this tab, and never stays in the address.
 */

const STORED = 'kvant.token';
const FRAGMENT = /^#t=([\w.~-]+)$/;

let current: string | null = null;

/** Take the key out of the address, or out of the tab's storage; null when there is none. */
export function takeToken(
	at: Location = location,
	storage: Storage = sessionStorage
): string | null {
	const found = FRAGMENT.exec(at.hash)?.[1];
	try {
		if (found) storage.setItem(STORED, found);
		current = found ?? storage.getItem(STORED);
	} catch {
		// Storage is off: the key lives as long as the page.
		current = found ?? current;
	}
	if (found) history.replaceState(history.state, '', at.pathname + at.search);
	return current;
}

export const token = (): string | null => current;

/** The engine refused the key: a reload must not try it again. */
export function dropToken(storage: Storage = sessionStorage): void {
	current = null;
	try {
		storage.removeItem(STORED);
	} catch {
		// Nothing was stored.
	}
}
