/** A click tells a point from a drag, which zooms, and from a double click, which shows everything. */

const STILL = 4;
const WAIT_MS = 250;

type At = Pick<MouseEvent, 'clientX' | 'clientY' | 'detail'>;

export class Clicks {
	#from: [number, number] = [0, 0];
	#timer: ReturnType<typeof setTimeout> | undefined;

	down({ clientX, clientY }: At): void {
		this.#from = [clientX, clientY];
	}

	/** `zoomed`: a second click would show everything, so the first one waits for it. */
	click({ clientX, clientY, detail }: At, zoomed: boolean, pick: () => void): void {
		clearTimeout(this.#timer);
		const [x, y] = this.#from;
		if (detail > 1 || Math.hypot(clientX - x, clientY - y) > STILL) return;
		if (zoomed) this.#timer = setTimeout(pick, WAIT_MS);
		else pick();
	}
}
