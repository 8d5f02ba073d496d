/** The findings as a file of the user's; the window takes no downloads, so there they are copied. */
import { toasts } from '#lib/state/toasts.svelte.ts';
import { workspace } from '#lib/state/workspace.svelte.ts';
import { copyText } from '#lib/utils/clipboard.ts';
import { download } from '#lib/utils/download.ts';
import { csvName, findingsCsv } from './findings.ts';
import type { Finding } from './types.ts';

export const savesFiles = (): boolean => workspace.health?.window !== true;

export async function saveFindings(
	findings: readonly Finding[],
	dataset: string,
	version: number
): Promise<void> {
	const text = findingsCsv(findings);
	if (savesFiles()) {
		// The mark tells spreadsheets that it is UTF-8.
		const blob = new Blob(['\ufeff', text], { type: 'text/csv;charset=utf-8' });
		download(blob, csvName(dataset, version));
	} else if (await copyText(text)) {
		toasts.show({ title: 'The findings were copied as CSV', tone: 'ok' });
	} else throw new Error('The window does not let the page copy. Open Kvant in a browser instead.');
}
