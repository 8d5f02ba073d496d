import { api, asError, unwrap, type Settings, type SettingsPatch } from '#lib/api/client.ts';
import { theme } from './theme.svelte.ts';

/** The settings, which live in the engine's workspace: the page's own storage is lost at each start. */
class SettingsState {
	value = $state.raw<Settings | null>(null);
	error = $state.raw<Error | null>(null);

	async load(): Promise<void> {
		try {
			this.#take(unwrap(await api.GET('/api/settings')));
			this.error = null;
		} catch (thrown) {
			this.error = asError(thrown);
		}
	}

	/** Shown at once, taken back and thrown when the engine refuses. */
	async save(patch: SettingsPatch): Promise<Settings> {
		const before = this.value;
		if (before) this.#take({ ...before, ...patch });
		try {
			this.#take(unwrap(await api.POST('/api/settings', { body: patch })));
		} catch (thrown) {
			if (before) this.#take(before);
			throw thrown;
		}
		return this.value as Settings;
	}

	#take(value: Settings): void {
		this.value = value;
		theme.apply(value);
	}
}

export const settings = new SettingsState();
