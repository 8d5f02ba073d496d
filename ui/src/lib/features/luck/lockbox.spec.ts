import { expect, it } from 'vitest';
import { lockbox as l } from './fixtures.spec-helper.ts';
import { badge, seenText, warnings } from './lockbox.ts';

it('has a word for every state', () =>
	expect([
		badge(l),
		badge({ ...l, state: 'opened', openings: 1 }),
		badge({ ...l, state: 'burned', openings: 5 }),
		badge({ ...l, start: null })
	]).toEqual([
		{ text: 'Lockbox sealed', tone: 'ok' },
		{ text: 'Lockbox opened 1 time', tone: 'warn' },
		{ text: 'Lockbox burned', tone: 'bad' },
		{ text: 'No lockbox', tone: 'plain' }
	]));

it('warns before a look', () => {
	expect(warnings(l)).toEqual([
		'This strategy is run once over all dates, 1,425 locked dates from 2021-04-13 on among them.',
		'The look is written down before the run and counted for good. It cannot be undone, whatever comes out, and trying again counts again.',
		'Nobody has looked at the locked dates of “fx” yet.'
	]);
	expect(warnings({ ...l, openings: 2, own: 1 }).at(-1)).toBe(
		'The locked dates of “fx” were looked at 2 times already, 1 of them for this strategy. Each look makes the next one worth less.'
	);
});

it('tells what a run has seen', () =>
	expect(seenText(1425, l)).toBe(
		'This run includes 1,425 locked dates, from 2021-04-13 on. Its numbers mix what was searched with what was held back; compare both parts rather than the whole.'
	));
