/** At most one call in `ms`: the first at once, what comes meanwhile as one more at the end. */
export function throttled(act: () => void, ms: number): { call: () => void; stop: () => void } {
	let timer: ReturnType<typeof setTimeout> | undefined;
	let again = false;
	const rest = () => {
		timer = undefined;
		if (again) call();
	};
	function call() {
		again = timer !== undefined;
		if (again) return;
		timer = setTimeout(rest, ms);
		act();
	}
	return {
		call,
		stop: () => {
			clearTimeout(timer);
			timer = undefined;
			again = false;
		}
	};
}
