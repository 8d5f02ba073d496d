const STORED = 'kvant.rail';

/** What of the frame is open. */
class Frame {
	collapsed = $state(false);
	palette = $state(false);
	keys = $state(false);

	/** A reload keeps the rail as it was; a new start begins with the wide one. */
	restore(): void {
		try {
			this.collapsed = sessionStorage.getItem(STORED) === 'narrow';
		} catch {
			// Storage is off.
		}
	}

	toggleRail(): void {
		this.collapsed = !this.collapsed;
		try {
			sessionStorage.setItem(STORED, this.collapsed ? 'narrow' : 'wide');
		} catch {
			// Storage is off.
		}
	}
}

export const frame = new Frame();
