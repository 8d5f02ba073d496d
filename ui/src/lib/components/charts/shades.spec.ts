import { describe, expect, it } from 'vitest';
import { boxOf, shadesText } from './shades.ts';

const plot = { left: 100, width: 200 };
const same = (x: number) => x;
const shade = (from: number, to: number) => ({ from, to, tone: 'test' as const });

describe('the place of a shade', () => {
	it('ends at the borders of the plot', () =>
		expect([
			boxOf(shade(120, 150), same, plot),
			boxOf(shade(0, 150), same, plot),
			boxOf(shade(250, 999), same, plot)
		]).toEqual([
			{ left: 120, width: 30 },
			{ left: 100, width: 50 },
			{ left: 250, width: 50 }
		]));
	it('is nowhere out of view', () =>
		expect([boxOf(shade(0, 99), same, plot), boxOf(shade(301, 400), same, plot)]).toEqual([
			null,
			null
		]));
	it('is never too thin to be seen', () =>
		expect([boxOf(shade(150, 150), same, plot, 2), boxOf(shade(300, 300), same, plot, 2)]).toEqual([
			{ left: 150, width: 2 },
			{ left: 298, width: 2 }
		]));
	it('goes by dates', () =>
		expect(
			boxOf(
				{ from: '1970-01-02', to: '1970-01-03', tone: 'gap' },
				(x) => 100 + x / 86_400_000,
				plot
			)
		).toEqual({ left: 101, width: 1 }));
});

it('is read aloud where it has a name', () =>
	expect(
		shadesText([
			{ from: '2020-01-01', to: '2020-02-01', tone: 'test', label: 'Test 1' },
			{ from: '2020-02-02', to: '2020-02-09', tone: 'gap' }
		])
	).toBe(' Test 1: 2020-01-01 to 2020-02-01.'));
