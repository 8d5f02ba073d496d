import { expect, it, vi } from 'vitest';
import { draw, FILLS, hit, monthX, type Frame } from './coverage-draw.ts';
import { linesOf, lives } from './coverage.ts';

const frame: Frame = { width: 130, height: 28, left: 10, row: 14, months: 4, top: 0 };

it('finds the cell under a place', () => {
	expect(hit(frame, 10, 0, 2)).toEqual({ line: 0, month: 0 });
	expect(hit(frame, 129, 27, 2)).toEqual({ line: 1, month: 3 });
	expect(hit(frame, 3, 15, 2)).toEqual({ line: 1, month: 0 });
	expect(hit({ ...frame, top: 14 }, 60, 0, 9)).toEqual({ line: 1, month: 1 });
	expect(hit(frame, 131, 0, 2)).toBeNull();
	expect(hit(frame, 20, 100, 2)).toBeNull();
});

it('lets months meet', () => {
	expect([0, 1, 2, 3, 4].map((m) => monthX({ ...frame, width: 113 }, m))).toEqual([
		10, 35, 61, 87, 113
	]);
});

it('draws what is there in the colours of the theme, and nothing outside a life', () => {
	vi.stubGlobal('window', { devicePixelRatio: 2 });
	const drawn: [string, ...number[]][] = [];
	const ctx = {
		fillStyle: '',
		scale: vi.fn(),
		strokeRect: vi.fn(),
		fillText: vi.fn(),
		measureText: (text: string) => ({ width: text.length * 6 }),
		fillRect(...at: number[]) {
			drawn.push([this.fillStyle, ...at]);
		}
	};
	const canvas = { width: 0, height: 0, getContext: () => ctx };
	const months = ['2020-01', '2020-02', '2020-03', '2020-04'];
	const all = lives({ months, symbols: ['ABCDE', 'B'], cells: ['.a-.', '5...'] });
	draw(
		canvas as unknown as HTMLCanvasElement,
		frame,
		linesOf(all, 4, 9),
		{ line: 1, month: 0 },
		(name) => `<${name}>`
	);
	expect([canvas.width, canvas.height]).toEqual([260, 56]);
	const kind = (i: number) => FILLS[i].replaceAll(/var\((--\w+)\)/g, '<$1>');
	expect(drawn).toEqual([
		[kind(1), 70, 0, 29, 13],
		[kind(3), 10, 14, 29, 13],
		[kind(5), 40, 0, 29, 13]
	]);
	expect(ctx.strokeRect).toHaveBeenCalledWith(10, 14, 30, 14);
	expect(ctx.fillText).toHaveBeenCalledTimes(2);
});
