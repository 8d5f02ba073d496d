import { expect, it } from 'vitest';
import { withColumn } from './column-order.ts';

it('keeps where and when at the end', () =>
	expect([
		withColumn(['expr', 'n', 'dataset', 'created_at'], 'calmar'),
		withColumn(['expr', 'created_at'], 'dataset'),
		withColumn(['expr', 'dataset'], 'created_at'),
		withColumn(['expr'], 'n')
	]).toEqual([
		['expr', 'n', 'calmar', 'dataset', 'created_at'],
		['expr', 'dataset', 'created_at'],
		['expr', 'dataset', 'created_at'],
		['expr', 'n']
	]));
