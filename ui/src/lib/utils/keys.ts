/** Keys: how a shortcut is written ("Mod+K", "G D", "?"), shown and recognised. */

export const isMac = (): boolean =>
	typeof navigator !== 'undefined' && /mac/i.test(navigator.platform);

const NAMES: Record<string, string> = {
	ArrowUp: '↑',
	ArrowDown: '↓',
	ArrowLeft: '←',
	ArrowRight: '→',
	Escape: 'Esc',
	Space: 'Space'
};

/** The keys of a shortcut as they are printed on the keyboard. */
export function keyNames(keys: string, mac = isMac()): string[] {
	return keys
		.split(' ')
		.flatMap((stroke) => (stroke === '+' ? stroke : stroke.split('+')))
		.map((key) => (key === 'Mod' ? (mac ? '⌘' : 'Ctrl') : (NAMES[key] ?? key)));
}

/** The stroke an event makes, written as in a shortcut. */
export function strokeOf(event: KeyboardEvent): string {
	const key = event.key === ' ' ? 'Space' : event.key;
	const mod = event.ctrlKey || event.metaKey ? 'Mod+' : '';
	const alt = event.altKey ? 'Alt+' : '';
	// Shift is part of what a character is ("?"), but not of a letter with a modifier.
	const shift = event.shiftKey && (key.length > 1 || mod || alt) ? 'Shift+' : '';
	return mod + alt + shift + (key.length === 1 ? key.toUpperCase() : key);
}

/** Whether the keys go into a text at the moment. */
export function isTyping(target: EventTarget | null): boolean {
	if (!(target instanceof Element)) return false;
	const field = target.closest('input, textarea, select, [contenteditable="true"]');
	if (!field) return false;
	return !(field instanceof HTMLInputElement && /^(checkbox|radio|button)$/.test(field.type));
}

/** Recognises strokes and sequences of two ("G D"); a second key must follow within `patience` ms. */
export class Keyboard {
	#first = '';
	#at = 0;

	constructor(private readonly patience = 1200) {}

	/** The shortcut that `stroke` completes, if any. */
	press(stroke: string, known: readonly string[], now = Date.now()): string | undefined {
		const sequence =
			this.#first && now - this.#at <= this.patience ? `${this.#first} ${stroke}` : stroke;
		this.#first = '';
		if (known.includes(sequence)) return sequence;
		if (known.some((keys) => keys.startsWith(`${stroke} `))) {
			this.#first = stroke;
			this.#at = now;
			return undefined;
		}
		return known.includes(stroke) ? stroke : undefined;
	}
}
