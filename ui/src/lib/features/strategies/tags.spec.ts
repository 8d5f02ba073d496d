import { expect, it } from 'vitest';
import { LONGEST_TAG, MOST_TAGS, withTags } from './tags.ts';

it('adds what is new', () =>
	expect([
		withTags(['a'], ' keep  me , A, b ,, b'),
		withTags([], ''),
		withTags([], 'x'.repeat(60))[0].length,
		withTags(
			Array.from({ length: MOST_TAGS }, (_, i) => `t${i}`),
			'more'
		).length
	]).toEqual([['a', 'keep me', 'b'], [], LONGEST_TAG, MOST_TAGS]));
