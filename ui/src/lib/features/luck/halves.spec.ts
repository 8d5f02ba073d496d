import { expect, it } from 'vitest';
import { figures } from './fixtures.spec-helper.ts';
import { kept, rowsOf } from './halves.ts';

it('sets two parts side by side', () =>
	expect(
		rowsOf(figures(0.68, 3991), figures(null, 1710)).map(({ name, before, after, change }) => [
			name,
			before.text,
			after.text,
			change
		])
	).toEqual([
		['Sharpe ratio', '0.68', '—', '—'],
		['Annual return', '1.0%', '1.0%', '0.0%'],
		['Annual volatility', '2.0%', '2.0%', '0.0%'],
		['Maximum drawdown', '−5.0%', '−5.0%', '0.0%'],
		['Hit rate', '52.0%', '52.0%', '0.0%'],
		['Days', '3,991', '1,710', '']
	]));

it('says what was left', () => {
	const of = (a: number | null, b: number | null, where?: string) =>
		kept(figures(a), figures(b), where);
	expect([of(1, 0.5), of(1, 1.2), of(1, -0.1), of(-1, 0.5), of(-1, -2), of(null, 1)]).toEqual([
		'Of its Sharpe ratio 50% was left out of sample.',
		'Its Sharpe ratio did not fall out of sample.',
		'Nothing of its Sharpe ratio was left out of sample.',
		'It lost before and gained out of sample.',
		'It gained in neither part.',
		'One of the parts has no Sharpe ratio to compare.'
	]);
	expect(of(1, 0.5, 'on the locked dates')).toBe(
		'Of its Sharpe ratio 50% was left on the locked dates.'
	);
});
