/** What Kvant has to work with, in a sentence. */
import type { Dataset } from '#lib/api/client.ts';
import { count, plural } from '#lib/utils/format.ts';

interface About {
	text: string;
	source?: string;
}

/** The name of the data set that comes with Kvant. */
const BUNDLED = 'ecb_fx_sek';

export function about(
	d: Pick<Dataset, 'name' | 'symbols' | 'dates' | 'first_date' | 'last_date'> | null
): About {
	if (!d) return { text: 'There is no data set yet. Import a file of daily prices to begin.' };
	if (d.name === BUNDLED)
		return {
			text: `Kvant comes with the daily exchange rates of ${plural(d.symbols, 'currency', 'currencies')} in Swedish kronor since ${d.first_date.slice(0, 4)}.`,
			source: 'Source: European Central Bank'
		};
	return {
		text: `Your data set ${d.name} has ${plural(d.symbols, 'symbol')} over ${count(d.dates)} dates, from ${d.first_date} to ${d.last_date}.`
	};
}
