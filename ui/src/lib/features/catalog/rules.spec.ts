import { describe, expect, it } from 'vitest';
import type { FeatureInfo } from '#lib/api/client.ts';
import { DEFAULTS, domainsOf, formOf, ignored, matcher, problemsOf, settingsOf } from './rules.ts';

const column = (name: string, domain = 'price', kind = 'feature') =>
	({ name, domain, kind }) as FeatureInfo;
const settings = {
	rules: { ...DEFAULTS, ignore: ['macro_*', 'x'] },
	domain_lags: { fundamentals: 1, gone: 2 }
};

describe('the rules of a data set', () => {
	it('come back as they went in', () => {
		const form = formOf(settings, ['price', 'fundamentals']);
		expect(form.lags).toEqual({ price: null, fundamentals: 1, gone: 2 });
		expect(settingsOf(form)).toEqual(settings);
		expect(settingsOf({ ...form, ignore: ' a \n\na\nb', lags: { price: 0 } })).toEqual({
			rules: { ...DEFAULTS, ignore: ['a', 'b'] },
			domain_lags: { price: 0 }
		});
	});
	it('are checked before they are sent', () => {
		const form = formOf(settings, []);
		expect(problemsOf(form)).toEqual({});
		const wrong = {
			rules: { ...form.rules, min_coverage: 1.2, likeness: NaN, min_distinct: 1.5 },
			ignore: 'x'.repeat(201),
			lags: { price: -1, macro: 2521, other: 0 }
		};
		expect(Object.keys(problemsOf(wrong))).toEqual([
			'min_coverage',
			'likeness',
			'min_distinct',
			'ignore',
			'lag price',
			'lag macro'
		]);
		const many = Array.from({ length: 1001 }, (_, i) => `c${i}`).join('\n');
		expect(problemsOf({ ...form, ignore: many }).ignore).toMatch(/At most 1000/);
	});
	it.each([
		['macro_*', ['macro_', 'macro_cpi'], ['amacro_', 'macro']],
		['c?', ['c1', 'cx'], ['c', 'c12']],
		['[ab]x', ['ax', 'bx'], ['cx', 'x']],
		['[!ab]x', ['cx'], ['ax']],
		['a.b', ['a.b'], ['axb']],
		['a[', ['a['], ['a']],
		['(x|y)$', ['(x|y)$'], ['x']],
		['[z-a]', [], ['z', 'a']],
		['[]]', [']'], ['[']],
		['*a*', ['a', 'bac'], ['b', '']],
		['a*a', ['aa', 'aba'], ['a', 'ab']],
		['*', ['', 'x'], []],
		[`${'*a'.repeat(90)}b`, [], ['a'.repeat(180)]]
	])('takes %j as file names do', (pattern, yes, no) => {
		const fits = matcher(pattern);
		expect(yes.filter((name) => fits(name))).toEqual(yes);
		expect(no.filter((name) => fits(name))).toEqual([]);
	});
	it('says what is left out, and which domains there are', () => {
		const all = [column('macro_a', 'macro'), column('b'), column('sector', 'static', 'category')];
		expect(ignored('macro_*\nsec*', all)).toEqual(['macro_a', 'sector']);
		expect(ignored('', all)).toEqual([]);
		expect(domainsOf(all)).toEqual(['macro', 'price']);
	});
});
