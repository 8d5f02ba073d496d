/** Arrow keys and J, K between the links marked `data-row` inside an element. */
export function rowKeys(event: KeyboardEvent & { currentTarget: EventTarget & HTMLElement }): void {
	if (event.ctrlKey || event.metaKey || event.altKey) return;
	const rows = [...event.currentTarget.querySelectorAll<HTMLElement>('[data-row]')];
	const at = rows.indexOf(document.activeElement as HTMLElement);
	if (at < 0) return;
	const to = {
		ArrowDown: at + 1,
		j: at + 1,
		ArrowUp: at - 1,
		k: at - 1,
		Home: 0,
		End: rows.length - 1
	}[event.key];
	if (to === undefined) return;
	event.preventDefault();
	rows[Math.max(0, Math.min(rows.length - 1, to))]?.focus();
}
