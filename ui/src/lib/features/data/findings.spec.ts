import { expect, it } from 'vitest';
import { findingWords } from './findings.ts';

it('says what occurs, the worst first', () => {
	expect(findingWords({ error: 1, warning: 0, info: 1200 })).toEqual([
		{ severity: 'error', text: '1 error', tone: 'text-bad' },
		{ severity: 'info', text: '1,200 remarks', tone: 'text-soft' }
	]);
	expect(findingWords({ error: 0, warning: 0, info: 0 })).toEqual([]);
});
