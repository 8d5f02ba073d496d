/** What a run held, in plain words. */
import type { Holdings } from '#lib/api/client.ts';
import { percent, plural, ratio } from '#lib/utils/format.ts';

const mean = (values: readonly (number | null)[]): number | null => {
	const known = values.filter((v): v is number => v !== null);
	return known.length ? known.reduce((a, b) => a + b, 0) / known.length : null;
};

/** How many names, and how much of the universe the signal covers. */
export function told(h: Holdings): string {
	if (!h.names_traded) return 'Nothing was ever held.';
	const held = mean(h.names);
	const names = `${plural(h.names_traded, 'name')} ${h.names_traded === 1 ? 'was' : 'were'} held at some time, ${ratio(held, 1)} at a time on average`;
	const covered =
		h.coverage === null
			? ''
			: `; on an average date ${percent(h.coverage, 0)} of the names that could have a signal had one`;
	return `${names}${covered}.`;
}

/** How much hangs on one position. */
export function concentrated(h: Holdings): string | null {
	const share = mean(h.largest_share);
	if (share === null) return null;
	const even = mean(h.names);
	const fair = even && even > 0 ? ` (evenly spread it would be ${percent(1 / even, 1)})` : '';
	return `The largest position is ${percent(share, 1)} of what is held on average${fair}.`;
}
