import { describe, expect, it } from 'vitest';
import { lockboxText, lockboxWords } from './lockbox.ts';

describe('lockboxText', () => {
	it('is what the engine reads', () => {
		expect(lockboxText('share', '')).toBe('20%');
		expect(lockboxText('none', '2020-01-01')).toBe('none');
		expect(lockboxText('date', '2020-01-01')).toBe('2020-01-01');
	});
	it('is nothing while the date is missing', () => expect(lockboxText('date', '')).toBeNull());
});

describe('lockboxWords', () => {
	const set = { lockbox: '20%', lockbox_start: '2021-04-13', dates: 7126, open_dates: 5701 };
	it('tells the first locked date, and how many there are', () => {
		expect(lockboxWords(set)).toEqual({
			text: 'From 2021-04-13 on',
			title:
				'1,425 dates of 7,126 (the last 20%) are locked away for a last test. The first one is 2021-04-13.'
		});
	});
	it('says so when nothing is locked', () => {
		expect(lockboxWords({ ...set, lockbox: 'none', lockbox_start: null }).text).toBe('None');
		expect(lockboxWords({ ...set, open_dates: 7126 }).text).toBe('None');
	});
	it('knows a rule that is a date', () => {
		const title = lockboxWords({ ...set, lockbox: '2021-04-13' }).title;
		expect(title).toContain('(everything from 2021-04-13)');
	});
});
