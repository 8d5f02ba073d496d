/** A file from the page to the user's disk, by the browser. */
export function download(blob: Blob, name: string): void {
	const href = URL.createObjectURL(blob);
	const link = document.createElement('a');
	link.href = href;
	link.download = name;
	link.click();
	// The browser reads it after the click has returned.
	setTimeout(() => URL.revokeObjectURL(href), 10_000);
}
