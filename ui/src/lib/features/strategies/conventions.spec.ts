import { expect, it } from 'vitest';
import type { Metrics } from '#lib/api/client.ts';
import type { Figure } from '#lib/features/luck/wire.ts';
import { rowsOf } from './conventions.ts';

const figure = (more: Partial<Figure>): Figure => ({
	metric: null,
	name: 'x',
	value: 1,
	unit: 'ratio',
	formula: 'f',
	note: '',
	...more
});

it('sets the figures of a convention beside our own', () => {
	const figures = [
		figure({ name: 'sharpe', metric: 'ann_sharpe', value: 0.413 }),
		figure({ name: 'margin', metric: 'margin', value: 12.34, unit: 'bps', note: 'in bps' }),
		figure({ name: 'returns', value: -0.0123, unit: 'share' }),
		figure({ name: 'daily', value: 0.00002, unit: 'share' }),
		figure({ name: 'days', value: null, unit: 'count' })
	];
	const profile = { convention: 'brain' as const, title: 'B', source: 's', figures };
	const metrics = { ann_sharpe: 0.41, margin: 0.0012 } as Metrics;
	expect(
		rowsOf(profile, metrics).map(({ name, text, here, hereText, note }) =>
			[name, text, here, hereText, note].join('|')
		)
	).toEqual([
		'sharpe|0.41|Sharpe ratio|0.41|',
		'margin|12.3 bps|Margin|0.12%|in bps',
		'returns|−1.23%|||',
		'daily|0.0020%|||',
		'days|—|||'
	]);
});
