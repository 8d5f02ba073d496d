type Props = Record<string | symbol, unknown>;
type Handler = (event: Event) => void;

/** Two sets of attributes on one element: of each event both handlers run, else the second wins. */
export function bothHandlers(first: Props, second: Props): Props {
	const merged = { ...first, ...second };
	for (const name of Object.keys(first)) {
		const [a, b] = [first[name], second[name]];
		if (typeof a === 'function' && typeof b === 'function' && name.startsWith('on'))
			merged[name] = (event: Event) => {
				(a as Handler)(event);
				(b as Handler)(event);
			};
	}
	if (second['aria-describedby'] === undefined)
		merged['aria-describedby'] = first['aria-describedby'];
	return merged;
}
