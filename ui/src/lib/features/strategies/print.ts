/** The page on paper: light, whatever the theme. */

let before: string | undefined;

/** The colours of paper; what is drawn on a canvas follows. */
export function toPaper(): void {
	const { dataset } = document.documentElement;
	before ??= dataset.theme;
	dataset.theme = 'light';
}

export function fromPaper(): void {
	if (before) document.documentElement.dataset.theme = before;
	before = undefined;
}

export async function printPage(): Promise<void> {
	toPaper();
	// A canvas needs a moment for its new colours.
	for (let i = 0; i < 3; i++) await new Promise(requestAnimationFrame);
	window.print();
	fromPaper();
}
