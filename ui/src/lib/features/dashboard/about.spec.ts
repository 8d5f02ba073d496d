import { expect, it } from 'vitest';
import { about } from './about.ts';

const d = { symbols: 41, dates: 7126, first_date: '1999-01-04', last_date: '2026-10-30' };

it('says what there is', () =>
	expect([
		about({ ...d, name: 'ecb_fx_sek' }),
		about({ ...d, name: 'omx', symbols: 1 }).text,
		about(null).text
	]).toEqual([
		{
			text: 'Kvant comes with the daily exchange rates of 41 currencies in Swedish kronor since 1999.',
			source: 'Source: European Central Bank'
		},
		'Your data set omx has 1 symbol over 7,126 dates, from 1999-01-04 to 2026-10-30.',
		'There is no data set yet. Import a file of daily prices to begin.'
	]));
