/** Parts of a chart that are shaded: what was trained on, tested on, left out, locked away. */
import type uPlot from 'uplot';
import { toX } from './scale.ts';

export type ShadeTone = 'train' | 'test' | 'gap' | 'locked';

/** From one place on the x axis to another, both included. */
export interface Shade {
	from: string | number;
	to: string | number;
	tone: ShadeTone;
	/** Written at its top, and read aloud. */
	label?: string;
}

/** Colour and strength of each, and how thin it may get; lines across tell them apart too. */
const LOOKS: Record<ShadeTone, { colour: string; share: number; lines: boolean; least: number }> = {
	train: { colour: '--text-muted', share: 12, lines: false, least: 1 },
	test: { colour: '--accent', share: 12, lines: false, least: 1 },
	gap: { colour: '--warn', share: 25, lines: true, least: 3 },
	locked: { colour: '--warn', share: 14, lines: true, least: 1 }
};
const STEP = 6;

/** In words, for who cannot see them. */
export const shadesText = (shades: readonly Shade[]): string =>
	shades.map((s) => (s.label ? ` ${s.label}: ${s.from} to ${s.to}.` : '')).join('');

export interface Box {
	left: number;
	width: number;
}

/** Where a shade lies inside the plot; null when it is out of view. At least a pixel wide. */
export function boxOf(
	{ from, to }: Shade,
	place: (x: number) => number,
	plot: Box,
	least = 1
): Box | null {
	const right = plot.left + plot.width;
	const [a, b] = [place(toX(from)), place(toX(to))];
	if (b < plot.left || a > right) return null;
	const left = Math.max(plot.left, Math.min(a, right - least));
	return { left, width: Math.max(least, Math.min(b, right) - left) };
}

/** Draws them on the chart's canvas, below everything else. */
export function drawShades(u: uPlot, shades: readonly Shade[], colour: (name: string) => string) {
	const { ctx, bbox } = u;
	const ratio = window.devicePixelRatio || 1;
	// Gaps last: days among years would vanish under their neighbours.
	const order = [...shades].sort((a, b) => Number(a.tone === 'gap') - Number(b.tone === 'gap'));
	for (const shade of order) {
		const look = LOOKS[shade.tone];
		const box = boxOf(shade, (x) => u.valToPos(x, 'x', true), bbox, look.least * ratio);
		if (!box) continue;
		const paint = (share: number) =>
			`color-mix(in srgb, ${colour(look.colour)} ${share}%, transparent)`;
		ctx.save();
		ctx.beginPath();
		ctx.rect(box.left, bbox.top, box.width, bbox.height);
		ctx.clip();
		if (look.share) {
			ctx.fillStyle = paint(look.share);
			ctx.fill();
		}
		// Where one ends and the next begins.
		if (shade.tone === 'test') {
			ctx.fillStyle = colour(look.colour);
			ctx.fillRect(box.left, bbox.top, ratio, bbox.height);
		}
		if (look.lines) hatch(ctx, box, bbox, STEP * ratio, paint(45));
		if (shade.label) {
			ctx.fillStyle = colour('--text-soft');
			ctx.font = `${11 * ratio}px ${colour('--font-sans')}`;
			ctx.textAlign = 'left';
			ctx.textBaseline = 'top';
			ctx.fillText(shade.label, box.left + 4 * ratio, bbox.top + 3 * ratio);
		}
		ctx.restore();
	}
}

function hatch(
	ctx: CanvasRenderingContext2D,
	{ left, width }: Box,
	{ top, height }: { top: number; height: number },
	step: number,
	stroke: string
) {
	ctx.strokeStyle = stroke;
	ctx.lineWidth = 1;
	ctx.beginPath();
	// From a common origin, so that the lines of neighbours meet.
	for (let at = Math.floor((left - height) / step) * step; at < left + width; at += step) {
		ctx.moveTo(at, top + height);
		ctx.lineTo(at + height, top);
	}
	ctx.stroke();
}
