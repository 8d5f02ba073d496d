/** Moving about in a menu. */
import type { Component } from 'svelte';

export interface MenuItem {
	label: string;
	icon?: Component<{ size?: number | string }>;
	shortcut?: string;
	danger?: boolean;
	disabled?: boolean;
	/** Leaves the menu open and shows a tick: for choosing columns and the like. */
	checked?: boolean;
	run: () => void;
}
/** An item, or a line between groups. */
export type MenuEntry = MenuItem | '-';

/** Where a key leads from `at` (-1: nowhere yet) among items with these names; undefined: nowhere. */
export function target(key: string, at: number, names: readonly string[]): number | undefined {
	const last = names.length - 1;
	if (last < 0) return undefined;
	if (key === 'ArrowDown') return at >= last ? 0 : at + 1;
	if (key === 'ArrowUp') return at <= 0 ? last : at - 1;
	if (key === 'Home' || key === 'PageUp') return 0;
	if (key === 'End' || key === 'PageDown') return last;
	if (key.length !== 1 || key === ' ') return undefined;
	const from = at + 1;
	const order = names.map((_, i) => (from + i) % names.length);
	return order.find((i) => names[i].toLowerCase().startsWith(key.toLowerCase()));
}
