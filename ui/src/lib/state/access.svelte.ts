import { dropToken, token } from '#lib/api/token.ts';

/** Whether the engine lets this page in. */
class Access {
	state = $state<'granted' | 'missing' | 'refused'>('granted');

	/** Look whether there is a key at all; call once the address has been read. */
	check(): void {
		this.state = token() ? 'granted' : 'missing';
	}

	refuse(): void {
		// Without a key every call is refused, which is no news.
		if (this.state !== 'granted') return;
		dropToken();
		this.state = 'refused';
	}
}

export const access = new Access();
