/** A file becoming a data set, by way of a dialog of the window or as an upload. */
import { api, unwrap, type Dataset } from '#lib/api/client.ts';
import { offlineError, problemOf } from '#lib/api/errors.ts';
import { token } from '#lib/api/token.ts';

/** A file picked in the window, known to the engine by a handle, or one the page holds. */
export type Source = { handle: string; name: string } | { file: File; name: string };

export interface ImportOptions {
	source: Source;
	/** Empty: the engine makes one from that of the file. */
	name: string;
	lockbox: string;
	/** Share of the upload that is sent, from 0 to 1. */
	onsent: (share: number) => void;
	signal: AbortSignal;
}

/** Let the user pick a file in a dialog of the window; null when it was left. */
export async function pickFile(): Promise<Source | null> {
	const picked = unwrap(await api.POST('/api/desktop/pick', { body: { kind: 'open' } }));
	return picked.handle ? { handle: picked.handle, name: picked.name ?? 'file' } : null;
}

export function importSource(options: ImportOptions): Promise<Dataset> {
	const { source } = options;
	if ('file' in source) return upload(source.file, options);
	return send(
		JSON.stringify({
			handle: source.handle,
			name: options.name || null,
			lockbox: options.lockbox
		}),
		options,
		'application/json'
	);
}

function upload(file: File, options: ImportOptions): Promise<Dataset> {
	const form = new FormData();
	if (options.name) form.set('name', options.name);
	form.set('lockbox', options.lockbox);
	form.set('file', file, file.name);
	return send(form, options);
}

// Not fetch: only this tells how much of the body is on its way.
function send(
	body: XMLHttpRequestBodyInit,
	{ onsent, signal }: ImportOptions,
	type?: string
): Promise<Dataset> {
	return new Promise((resolve, reject) => {
		const call = new XMLHttpRequest();
		call.open('POST', '/api/datasets/import');
		call.setRequestHeader('Authorization', `Bearer ${token() ?? ''}`);
		if (type) call.setRequestHeader('Content-Type', type);
		call.upload.onprogress = ({ lengthComputable, loaded, total }) => {
			if (lengthComputable && total) onsent(loaded / total);
		};
		call.upload.onload = () => onsent(1);
		call.onload = () => {
			const answer = parsed(call.responseText);
			if (call.status < 300) resolve(answer as Dataset);
			else reject(problemOf(call.status, answer));
		};
		call.onerror = () => reject(offlineError());
		call.onabort = () => reject(new DOMException('given up', 'AbortError'));
		signal.addEventListener('abort', () => call.abort());
		call.send(body);
	});
}

function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return null;
	}
}
