import { expect, it } from 'vitest';
import { matching, trackOf, written } from './row-cells.ts';

it('writes values by their kind', () => {
	expect([null, -1234.5678, 4534912, 'a', ''].map((v) => written(v))).toEqual([
		{ kind: 'missing', text: '—', title: 'missing' },
		{ kind: 'number', text: '−1,234.57', title: '−1234.5678' },
		{ kind: 'number', text: '4,534,912', title: '4534912' },
		{ kind: 'text', text: 'a', title: '' },
		{ kind: 'text', text: '', title: '' }
	]);
});

it('finds names, those that begin so first', () => {
	const names = ['BAPL', 'AAPL', 'apple', 'MSFT'];
	expect(matching(names, 'ap', 9)).toEqual(['apple', 'BAPL', 'AAPL']);
	expect(matching(names, ' ', 2)).toEqual(['BAPL', 'AAPL']);
	expect(matching(names, 'ap', 1)).toEqual(['apple']);
	expect(matching(names, 'zz', 9)).toEqual([]);
});

it('gives a column the room of its name, within bounds', () => {
	expect(['pe', 'a_name_of_16_char', 'x'.repeat(90)].map(trackOf)).toEqual([
		'6.50rem',
		'8.73rem',
		'13.00rem'
	]);
});
