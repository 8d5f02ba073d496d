/** The picture of coverage on a canvas. */
import { classOf, lineName, type Cell, type Line } from './coverage.ts';

/** Classes 0 to 5 as CSS: nothing, an alarm, then the same blue, ever stronger. */
export const FILLS = [
	'transparent',
	'var(--neg)',
	...[20, 40, 60, 95].map((share) => `color-mix(in srgb, var(--s1) ${share}%, var(--surface))`)
];

export interface Frame {
	width: number;
	height: number;
	/** Room for names at the left. */
	left: number;
	/** Height of a line. */
	row: number;
	months: number;
	/** Scrolled to. */
	top: number;
}

/** Left edge of a month, in whole pixels so that neighbours meet. */
export const monthX = (f: Frame, month: number): number =>
	f.left + Math.floor((month * (f.width - f.left)) / Math.max(1, f.months));

/** The cell under a place in the picture; null where there is none. */
export function hit(f: Frame, x: number, y: number, lines: number): Cell | null {
	const line = Math.floor((y + f.top) / f.row);
	if (line < 0 || line >= lines || x < 0 || x >= f.width || !f.months) return null;
	const share = Math.max(0, x - f.left) / Math.max(1, f.width - f.left);
	return { line, month: Math.min(f.months - 1, Math.floor(share * f.months)) };
}

type Colour = (name: string) => string;
const solid = (fill: string, colour: Colour): string =>
	fill.replaceAll(/var\((--[\w-]+)\)/g, (_whole, name: string) => colour(name));

function drawLine(ctx: CanvasRenderingContext2D, f: Frame, line: Line, y: number, kind: number) {
	const [gapX, gapY] = [
		f.row >= 6 && (f.width - f.left) / f.months >= 8 ? 1 : 0,
		f.row >= 6 ? 1 : 0
	];
	for (let m = 0; m < f.months;) {
		if (classOf(line.shares[m]) !== kind) {
			m++;
			continue;
		}
		const from = m++;
		while (!gapX && m < f.months && classOf(line.shares[m]) === kind) m++;
		const x = monthX(f, from);
		ctx.fillRect(x, y, Math.max(1, monthX(f, m) - x - gapX), Math.max(1, f.row - gapY));
	}
}

function drawNames(
	ctx: CanvasRenderingContext2D,
	f: Frame,
	lines: Line[],
	from: number,
	to: number
) {
	for (let i = from; i < to; i++) {
		let name = lineName(lines[i]);
		while (name.length > 2 && ctx.measureText(name).width > f.left - 8)
			name = `${name.replace(/…$/, '').slice(0, -1)}…`;
		ctx.fillText(name, 0, i * f.row - f.top + f.row / 2);
	}
}

/** Draws the lines in view, and a frame around the cell that is meant. */
export function draw(
	canvas: HTMLCanvasElement,
	f: Frame,
	lines: Line[],
	cell: Cell | null,
	colour: Colour
): void {
	const ctx = canvas.getContext('2d');
	if (!ctx) return;
	const ratio = window.devicePixelRatio || 1;
	canvas.width = Math.round(f.width * ratio);
	canvas.height = Math.round(f.height * ratio);
	ctx.scale(ratio, ratio);
	const from = Math.max(0, Math.floor(f.top / f.row));
	const to = Math.min(lines.length, Math.ceil((f.top + f.height) / f.row));
	FILLS.forEach((fill, kind) => {
		if (kind === 0) return;
		ctx.fillStyle = solid(fill, colour);
		for (let i = from; i < to; i++) drawLine(ctx, f, lines[i], i * f.row - f.top, kind);
	});
	if (f.left) {
		ctx.fillStyle = colour('--text-soft');
		ctx.font = `11px ${colour('--font-sans')}`;
		ctx.textBaseline = 'middle';
		drawNames(ctx, f, lines, from, to);
	}
	if (!cell) return;
	ctx.strokeStyle = colour('--text');
	ctx.lineWidth = 2;
	const x = monthX(f, cell.month);
	const wide = Math.max(3, monthX(f, cell.month + 1) - x);
	ctx.strokeRect(x, cell.line * f.row - f.top, wide, Math.max(3, f.row));
}
