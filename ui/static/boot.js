// Runs before the first paint and before any module; plain script, so that the page's content
// security policy needs no exception for it.
(() => {
	// WebKitGTK under LANG=C reports the language "C", which Intl rejects when the charts load.
	try {
		new Intl.NumberFormat(navigator.language);
	} catch {
		Object.defineProperty(navigator, 'language', { get: () => 'en' });
		Object.defineProperty(navigator, 'languages', { get: () => ['en'] });
	}
	// The server writes the stored choice into data-theme; "system" is resolved here.
	const root = document.documentElement;
	const choice = root.dataset.theme ?? 'system';
	const dark =
		choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
	root.dataset.themeChoice = choice;
	root.dataset.theme = dark ? 'dark' : 'light';
})();
