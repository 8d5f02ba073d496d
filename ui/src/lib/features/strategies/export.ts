/** A run as a file of the user's. */
import { api, fetchFile, unwrap, type Schemas } from '#lib/api/client.ts';
import { toasts } from '#lib/state/toasts.svelte.ts';
import { workspace } from '#lib/state/workspace.svelte.ts';
import { download } from '#lib/utils/download.ts';

export type FileFormat = NonNullable<Schemas['ExportRequest']['format']>;

const WHAT: Record<FileFormat, string> = {
	csv: 'The daily series were',
	parquet: 'The daily series were',
	html: 'The tear sheet was',
	kvant: 'The bundle was'
};

/** Ask where with the system's own dialog; in a browser, download it. */
export async function exportRun(hash: string, run: string, format: FileFormat): Promise<void> {
	if (workspace.health?.window) {
		const { path } = unwrap(await api.POST('/api/desktop/export', { body: { hash, run, format } }));
		if (path) toasts.show({ title: `${WHAT[format]} saved`, text: path, tone: 'ok' });
		return;
	}
	const query = new URLSearchParams({ format, run });
	const { blob, name } = await fetchFile(`/api/strategies/${hash}/export?${query.toString()}`);
	download(blob, name);
	toasts.show({ title: `${WHAT[format]} downloaded`, text: name, tone: 'ok' });
}
