/** The lockbox in words. */
import { count, plural } from '#lib/utils/format.ts';
import type { Lockbox } from './wire.ts';

type Tone = 'plain' | 'ok' | 'warn' | 'bad';

/** Its state as a badge. */
export function badge(l: Lockbox): { text: string; tone: Tone } {
	if (!l.start) return { text: 'No lockbox', tone: 'plain' };
	if (l.state === 'sealed') return { text: 'Lockbox sealed', tone: 'ok' };
	if (l.state === 'burned') return { text: 'Lockbox burned', tone: 'bad' };
	return { text: `Lockbox opened ${plural(l.openings, 'time')}`, tone: 'warn' };
}

/** What there is to know before one looks. */
export function warnings(l: Lockbox): string[] {
	const first = `This strategy is run once over all dates, ${plural(l.dates, 'locked date')} from ${l.start} on among them.`;
	const counted =
		'The look is written down before the run and counted for good. It cannot be undone, whatever comes out, and trying again counts again.';
	if (!l.openings)
		return [first, counted, `Nobody has looked at the locked dates of “${l.dataset}” yet.`];
	const own = l.own ? `, ${count(l.own)} of them for this strategy` : '';
	return [
		first,
		counted,
		`The locked dates of “${l.dataset}” were looked at ${plural(l.openings, 'time')} already${own}. Each look makes the next one worth less.`
	];
}

/** Above a run that has seen locked dates. */
export const seenText = (seen: number, l: Lockbox): string =>
	`This run includes ${plural(seen, 'locked date')}, from ${l.start} on. Its numbers mix what was searched with what was held back; compare both parts rather than the whole.`;
