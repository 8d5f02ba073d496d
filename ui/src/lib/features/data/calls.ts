/** What the page asks the engine about files and data sets. */
import { api, unwrap } from '#lib/api/client.ts';
import { offlineError, problemOf } from '#lib/api/errors.ts';
import { token } from '#lib/api/token.ts';
import type {
	Dataset,
	DatasetDetail,
	ImportOptions,
	ImportProgress,
	Preview,
	Roots
} from './types.ts';

/** A file or folder the engine knows by a handle. */
export interface Held {
	handle: string;
	name: string;
}
/** A held one, or a file that only the page holds. */
export type Source = Held | { file: File; name: string };

export interface Order {
	handle: string;
	/** Empty: the engine makes one from that of the file. */
	name: string;
	lockbox: string;
	options: ImportOptions;
	/** Under this name one can ask how far it is, and stop it. */
	import_id: string;
}

/** Let the user pick in a dialog of the window; null when it was left. */
export async function pick(kind: 'open' | 'folder'): Promise<Held | null> {
	const { handle, name } = unwrap(await api.POST('/api/desktop/pick', { body: { kind } }));
	return handle ? { handle, name: name ?? 'file' } : null;
}

const at = (import_id: string) => ({ params: { path: { import_id } } });
const named = (name: string) => ({ params: { path: { name } } });

export const previewOf = async (
	handle: string,
	options: ImportOptions,
	signal: AbortSignal
): Promise<Preview> =>
	unwrap(await api.POST('/api/datasets/preview', { body: { handle, options }, signal }));

export async function importFile(order: Order): Promise<Dataset> {
	const body = { ...order, name: order.name || null };
	// It takes a form, too, which is why the schema does not say what it takes.
	return unwrap(await api.POST('/api/datasets/import', { body: body as never }));
}

export const progressOf = async (id: string): Promise<ImportProgress> =>
	unwrap(await api.GET('/api/imports/{import_id}', at(id)));

export async function cancelImport(id: string): Promise<void> {
	unwrap(await api.POST('/api/imports/{import_id}/cancel', at(id)));
}

export const detailOf = async (name: string): Promise<DatasetDetail> =>
	unwrap(await api.GET('/api/datasets/{name}', named(name)));

export async function removeDataset(name: string): Promise<void> {
	unwrap(await api.DELETE('/api/datasets/{name}', named(name)));
}

export const roots = async (): Promise<Roots> => unwrap(await api.GET('/api/roots'));

/** A name for an import that nobody else has. */
export const importId = (): string =>
	[...crypto.getRandomValues(new Uint8Array(12))]
		.map((byte) => byte.toString(16).padStart(2, '0'))
		.join('');

/** Send a file to the engine; `onsent` hears the share that is on its way. */
export function upload(
	file: File,
	onsent: (share: number) => void,
	signal: AbortSignal
): Promise<Held> {
	const form = new FormData();
	form.set('file', file, file.name);
	// Not fetch: only this tells how much of the body is on its way.
	return new Promise((resolve, reject) => {
		const call = new XMLHttpRequest();
		call.open('POST', '/api/datasets/upload');
		call.setRequestHeader('Authorization', `Bearer ${token() ?? ''}`);
		call.upload.onprogress = ({ lengthComputable, loaded, total }) => {
			if (lengthComputable && total) onsent(loaded / total);
		};
		call.onload = () => {
			const answer = parsed(call.responseText);
			if (call.status < 300) resolve(answer as Held);
			else reject(problemOf(call.status, answer));
		};
		call.onerror = () => reject(offlineError());
		call.onabort = () => reject(new DOMException('given up', 'AbortError'));
		signal.addEventListener('abort', () => call.abort());
		call.send(form);
	});
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
