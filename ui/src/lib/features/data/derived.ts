/** Standard columns that can be computed from those of a file. */

export interface DerivedWord {
	label: string;
	text: string;
}

const WORDS: Record<string, DerivedWord> = {
	returns: { label: 'Returns', text: 'price / price of the date before - 1' },
	vwap: { label: 'VWAP', text: 'typical price: (high + low + close) / 3' },
	adv20: { label: 'ADV 20', text: 'mean of price × volume over the last 20 dates' },
	c_sek: { label: 'Prices in SEK', text: 'price × the rate of its currency on the date' }
};

/** What a computed column is called, and how it is computed. */
export const derivedWord = (name: string): DerivedWord =>
	Object.hasOwn(WORDS, name) ? WORDS[name] : { label: name, text: '' };
