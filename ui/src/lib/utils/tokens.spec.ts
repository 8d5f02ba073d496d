import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

type Rgb = [number, number, number];
type Colours = Record<string, string>;

const css = readFileSync(new URL('../../routes/tokens.css', import.meta.url), 'utf8');

function block(selector: string): Colours {
	const body = css.split(`${selector} {`)[1]?.split('}')[0] ?? '';
	return Object.fromEntries(
		[...body.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, value]) => [name, value])
	);
}
const THEMES: Record<string, Colours> = {
	light: block(':root'),
	dark: { ...block(':root'), ...block(":root[data-theme='dark']") }
};

const linear = (hex: string): Rgb =>
	[1, 3, 5].map((i) => {
		const c = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
		return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
	}) as Rgb;

const times = (m: number[][], v: Rgb): Rgb =>
	m.map((row) => row.reduce((sum, x, i) => sum + x * v[i], 0)) as Rgb;

function contrast(a: string, b: string): number {
	const light = (hex: string) => {
		const [r, g, bl] = linear(hex);
		return 0.2126 * r + 0.7152 * g + 0.0722 * bl + 0.05;
	};
	const [high, low] = [light(a), light(b)].sort((x, y) => y - x);
	return high / low;
}

function oklab(rgb: Rgb): Rgb {
	const lms = times(
		[
			[0.4122214708, 0.5363325363, 0.0514459929],
			[0.2119034982, 0.6806995451, 0.1073969566],
			[0.0883024619, 0.2817188376, 0.6299787005]
		],
		rgb
	).map(Math.cbrt) as Rgb;
	return times(
		[
			[0.2104542553, 0.793617785, -0.0040720468],
			[1.9779984951, -2.428592205, 0.4505937099],
			[0.0259040371, 0.7827717662, -0.808675766]
		],
		lms
	);
}

// Machado, Oliveira and Fernandes (2009), severity 1, on linear light.
const EYES: Record<string, number[][]> = {
	normal: [
		[1, 0, 0],
		[0, 1, 0],
		[0, 0, 1]
	],
	protan: [
		[0.152286, 1.052583, -0.204868],
		[0.114503, 0.786281, 0.099216],
		[-0.003882, -0.048116, 1.051998]
	],
	deutan: [
		[0.367322, 0.860646, -0.227968],
		[0.280085, 0.672501, 0.047413],
		[-0.01182, 0.04294, 0.968881]
	],
	tritan: [
		[1.255528, -0.076749, -0.178779],
		[-0.078411, 0.930809, 0.147602],
		[0.004733, 0.691367, 0.3039]
	]
};
const clamp = (v: Rgb): Rgb => v.map((x) => Math.min(1, Math.max(0, x))) as Rgb;
function distance(a: string, b: string, eye: string): number {
	const [p, q] = [a, b].map((hex) => oklab(clamp(times(EYES[eye], linear(hex)))));
	return 100 * Math.hypot(...p.map((x, i) => x - q[i]));
}

const GROUNDS = ['bg', 'surface', 'raised'];
const TEXTS = [
	'text',
	'text-soft',
	'text-muted',
	'accent',
	'pos',
	'neg',
	'warn',
	'danger',
	'ok',
	'bad',
	'green',
	'red'
];
const SYNTAX = ['syn-number', 'syn-string', 'syn-fn', 'syn-op', 'syn-arg'];
const SERIES = ['s1', 's2', 's3', 's4', 's5', 's6'];
const below = (pairs: [string, string][], theme: Colours, least: number) =>
	pairs
		.map(([a, b]) => `${a} on ${b}: ${contrast(theme[a], theme[b]).toFixed(2)}`)
		.filter((line) => !(Number(line.split(': ')[1]) >= least));
const cross = (names: string[], grounds: string[]) =>
	names.flatMap((name) => grounds.map((ground): [string, string] => [name, ground]));

describe.each(Object.entries(THEMES))('the %s theme', (_, theme) => {
	it('has text one can read everywhere', () =>
		expect(below(cross(TEXTS, GROUNDS), theme, 4.5)).toEqual([]));
	it('has text one can read on what is chosen', () =>
		expect(below(cross(['text', 'text-soft', 'accent'], ['accent-weak']), theme, 4.5)).toEqual([]));
	it('has words one can read on filled buttons', () =>
		expect(
			below(
				[
					['on-accent', 'accent'],
					['on-danger', 'danger']
				],
				theme,
				4.5
			)
		).toEqual([]));
	it('has code one can read', () =>
		expect(below(cross(SYNTAX, ['surface', 'bg']), theme, 4.5)).toEqual([]));
	it('has borders of controls and lines of charts one can see', () =>
		expect(
			below([...cross(['line-strong'], ['bg', 'surface']), ...cross(SERIES, ['surface'])], theme, 3)
		).toEqual([]));
	it.each(Object.keys(EYES))('tells gains from losses for %s eyes', (eye) =>
		expect(distance(theme.pos, theme.neg, eye)).toBeGreaterThan(10)
	);
	it('has series that differ for all eyes', () => {
		const close = Object.keys(EYES).flatMap((eye) =>
			SERIES.flatMap((a, i) =>
				SERIES.slice(i + 1)
					.map((b) => ({ pair: `${a} ${b} ${eye}`, far: distance(theme[a], theme[b], eye) }))
					.filter(({ far }) => far < 13)
					.map(({ pair, far }) => `${pair} ${far.toFixed(1)}`)
			)
		);
		expect(close).toEqual([]);
	});
});
