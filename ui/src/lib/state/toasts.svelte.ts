/** Short messages about something that happened elsewhere: a job ended, a file was saved. */

export interface Toast {
	id: number;
	title: string;
	text?: string;
	tone: 'plain' | 'ok' | 'bad';
	action?: { label: string; run: () => void };
}

const MOST = 3;
const SHOWN_MS = 6000;

class Toasts {
	items = $state.raw<Toast[]>([]);
	#timers = new Map<number, ReturnType<typeof setTimeout>>();
	#last = 0;

	/** Show one; the oldest makes room. `stay` in ms, longer where an undo hangs on it. */
	show(toast: Omit<Toast, 'id' | 'tone'> & { tone?: Toast['tone']; stay?: number }): number {
		const { stay = SHOWN_MS, tone = 'plain', ...rest } = toast;
		const id = ++this.#last;
		this.items = [...this.items, { ...rest, tone, id }].slice(-MOST);
		this.#wait(id, stay);
		return id;
	}

	/** Show what failed. */
	error(title: string, thrown: unknown): number {
		const text = thrown instanceof Error ? thrown.message : String(thrown);
		return this.show({ title, text, tone: 'bad', stay: 10_000 });
	}

	dismiss(id: number): void {
		clearTimeout(this.#timers.get(id));
		this.#timers.delete(id);
		this.items = this.items.filter((t) => t.id !== id);
	}

	/** Nothing leaves while somebody reads. */
	hold(): void {
		for (const timer of this.#timers.values()) clearTimeout(timer);
	}
	release(): void {
		for (const { id } of this.items) this.#wait(id, SHOWN_MS / 2);
	}

	#wait(id: number, stay: number): void {
		this.#timers.set(
			id,
			setTimeout(() => this.dismiss(id), stay)
		);
	}
}

export const toasts = new Toasts();
