import type { Attachment } from 'svelte/attachments';
import { FOCUSABLE } from './floating.ts';

/**
 * Show a <dialog> over everything while it exists. The rest of the page is inert, the focus goes to
 * what is marked, else to the first control of the content, and back to where it was at the end.
 */
export const modal: Attachment<HTMLDialogElement> = (node) => {
	const before = document.activeElement;
	if (node.showModal) node.showModal();
	else node.open = true;
	const first =
		node.querySelector<HTMLElement>('[data-autofocus]') ??
		node.querySelector<HTMLElement>(`[data-body] ${FOCUSABLE}`) ??
		node;
	first.focus();
	// The browser would go to its own buttons between the last control and the first.
	const wrap = (event: KeyboardEvent) => {
		if (event.key !== 'Tab' || event.defaultPrevented) return;
		const all = [...node.querySelectorAll<HTMLElement>(FOCUSABLE)].filter(
			(element) => element.tabIndex >= 0 && element.getClientRects().length > 0
		);
		const [from, to] = event.shiftKey ? [all[0], all.at(-1)] : [all.at(-1), all[0]];
		if (document.activeElement !== from && document.activeElement !== node) return;
		event.preventDefault();
		to?.focus();
	};
	node.addEventListener('keydown', wrap);
	return () => {
		node.close?.();
		if (before instanceof HTMLElement && before.isConnected) before.focus();
	};
};
