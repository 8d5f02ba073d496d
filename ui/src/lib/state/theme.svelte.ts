import type { Settings } from '#lib/api/client.ts';

export type ThemeChoice = Settings['theme'];
type Looks = Pick<Settings, 'theme' | 'density' | 'signs'>;

/** How the page looks; the choice lives in the settings, its effect on the root element. */
class Theme {
	choice = $state<ThemeChoice>('system');
	density = $state<Settings['density']>('compact');
	signs = $state<Settings['signs']>('teal-orange');
	#system = $state(false);
	dark = $derived(this.choice === 'dark' || (this.choice === 'system' && this.#system));
	/** Changes with every colour: what draws on a canvas draws again. */
	key = $derived(`${this.dark ? 'dark' : 'light'} ${this.signs}`);

	/** Take over what boot.js left and follow the system; call once, from the root layout. */
	start(): () => void {
		const found = document.documentElement.dataset.themeChoice;
		if (found === 'light' || found === 'dark') this.choice = found;
		const query = matchMedia('(prefers-color-scheme: dark)');
		const follow = () => {
			this.#system = query.matches;
			this.#write();
		};
		follow();
		query.addEventListener('change', follow);
		return () => query.removeEventListener('change', follow);
	}

	apply(looks: Partial<Looks>): void {
		this.choice = looks.theme ?? this.choice;
		this.density = looks.density ?? this.density;
		this.signs = looks.signs ?? this.signs;
		this.#write();
	}

	/** Height of a table's row, as --row in tokens.css. */
	get rowHeight(): number {
		return this.density === 'compact' ? 28 : 34;
	}

	// At once and not in an effect: what reads the colours afterwards gets the new ones.
	#write(): void {
		const { dataset } = document.documentElement;
		dataset.theme = this.dark ? 'dark' : 'light';
		dataset.density = this.density;
		dataset.signs = this.signs;
	}
}

export const theme = new Theme();
