import { describe, expect, it } from 'vitest';
import {
	ago,
	bytes,
	compact,
	count,
	date,
	dateTime,
	duration,
	full,
	hash,
	money,
	percent,
	percent1,
	plural,
	ratio,
	ratio2,
	signed,
	tone,
	toneClass
} from './format.ts';

const MINUS = '\u2212';
const DASH = '\u2014';

describe('numbers', () => {
	it('have a true minus and fixed digits', () => {
		expect([ratio2(-1.5), ratio(2.345, 1), percent1(-0.0834), percent(0.5, 0)]).toEqual([
			`${MINUS}1.50`,
			'2.3',
			`${MINUS}8.3%`,
			'50%'
		]);
	});
	it('never show a minus before zero', () => {
		expect([ratio2(-0.001), percent1(-0.0004), count(-0.2)]).toEqual(['0.00', '0.0%', '0']);
	});
	it('have a plus when they are changes, except zero', () => {
		expect([
			signed(0.012),
			signed(0),
			signed(-0.2),
			signed(0.5, 'ratio'),
			signed(3, 'ratio', 0)
		]).toEqual(['+1.2%', '0.0%', `${MINUS}20.0%`, '+0.50', '+3']);
	});
	it('are a dash when they are missing', () => {
		for (const v of [null, undefined, Number.NaN, Number.POSITIVE_INFINITY])
			expect([
				ratio2(v),
				percent1(v),
				signed(v),
				count(v),
				money(v),
				duration(v),
				bytes(v)
			]).toEqual(Array(7).fill(DASH));
	});
	it('are grouped', () => {
		expect([count(1234567), money(1234.5, 'SEK'), money(-2_500_000, 'EUR'), money(3)]).toEqual([
			'1,234,567',
			'1,234.50\u00a0SEK',
			`${MINUS}2,500,000\u00a0EUR`,
			'3.00'
		]);
	});
	it('are given in full on hover', () => {
		expect([full(-0.123456789), full(1e-7), full(null)]).toEqual([
			`${MINUS}0.123456789`,
			`1e${MINUS}7`,
			'not available'
		]);
	});
	it('agree with their noun', () => {
		expect([plural(1, 'strategy', 'strategies'), plural(1200, 'strategy', 'strategies')]).toEqual([
			'1 strategy',
			'1,200 strategies'
		]);
	});
	it('have the tone of their sign', () => {
		expect([2, -1, 0, null].map(tone)).toEqual(['pos', 'neg', 'plain', 'plain']);
		expect([toneClass('pos'), toneClass('plain')]).toEqual(['text-pos', '']);
	});
});

describe('durations', () => {
	it.each([
		[0.0123, '12 ms'],
		[0.0996, '0.1 s'],
		[4.2, '4.2 s'],
		[9.96, '10 s'],
		[59.6, '1 min 0 s'],
		[75, '1 min 15 s'],
		[119.7, '2 min 0 s'],
		[3700, '1 h 1 min']
	])('%d s is "%s"', (seconds, text) => expect(duration(seconds)).toBe(text));
});

describe('sizes', () => {
	it.each([
		[0, '0 B'],
		[999, '999 B'],
		[999.6, '1.0 kB'],
		[1_536_000, '1.5 MB'],
		[123_456_789, '123 MB'],
		[5e12, '5.0 TB']
	])('%d bytes are "%s"', (size, text) => expect(bytes(size)).toBe(text));
});

it('any size has the digits that count', () => {
	const sizes = [4.6972312875039475e-6, 24.47334807, 1234567.8, 3.2e12, 0, -0.5, null];
	expect(sizes.map(compact)).toEqual([
		'4.697e−6',
		'24.473',
		'1,234,600',
		'3.200e+12',
		'0',
		'−0.5',
		DASH
	]);
});

describe('dates', () => {
	it('are ISO', () => {
		const local = new Date(2026, 0, 5, 9, 3, 7).toISOString();
		expect([date('2026-01-05T09:03:07Z'), date(null), dateTime(local), dateTime('soon')]).toEqual([
			'2026-01-05',
			DASH,
			'2026-01-05 09:03:07',
			'soon'
		]);
	});
	it('of today are told as distances', () => {
		const now = Date.parse('2026-01-05T12:00:00Z');
		const at = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
		expect([ago(at(0), now), ago(at(5), now), ago(at(185), now), ago(at(3000), now)]).toEqual([
			'just now',
			'5 min ago',
			'3 h ago',
			'2026-01-03'
		]);
	});
});

it('hashes are cut', () =>
	expect([hash('0123456789abcdef'), hash(null)]).toEqual(['0123456789', DASH]));
