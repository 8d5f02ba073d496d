/** The drawing itself: everything that needs uPlot. */
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { dateLabels, dateSteps, dateTicks, logTicks, niceTicks, yExtent } from './scale.ts';
import { colourOf, isDashed, type Series } from './series.ts';
import { drawShades, type Shade } from './shades.ts';

export interface Look {
	dates: boolean;
	log: boolean;
	zero: boolean;
	height: number;
	xLabels: boolean;
	syncKey?: string;
	shades: readonly Shade[];
}
/** Where the crosshair is: the point, and its place in the chart in pixels. */
export interface Cross {
	point: number | null;
	left: number;
	width: number;
}
export interface Reader {
	colour: (name: string) => string;
	ticks: (ticks: number[]) => string[];
	onmove: (cross: Cross) => void;
	onselect: (lo: number, hi: number) => void;
	onreset: () => void;
}

const AXIS_WIDTH = 56;

/** Only the crosshair is shared: a selection zooms through the bound range, not through the mouse. */
const moves = (type: string) => type === 'mousemove' || type === 'mouseleave';

function line(s: Series, i: number, colour: Reader['colour']): uPlot.Series {
	const stroke = colour(colourOf(s, i));
	return {
		label: s.label,
		stroke,
		width: s.points ? 0 : (s.width ?? (i ? 1 : 1.5)),
		dash: isDashed(s, i) ? [5, 3] : undefined,
		fill: s.fill ? `color-mix(in srgb, ${stroke} 14%, transparent)` : undefined,
		paths: s.points ? () => null : undefined,
		points: s.points ? { show: true, size: 4, width: 0, fill: stroke, stroke } : { show: false }
	};
}

function axes(look: Look, { colour, ticks }: Reader): uPlot.Axis[] {
	const axis: uPlot.Axis = {
		stroke: colour('--text-muted'),
		grid: { stroke: colour('--line'), width: 1 },
		ticks: { show: false },
		font: `11px ${colour('--font-sans')}`
	};
	const blank = (at: number[]) => at.map(() => '');
	const x: uPlot.Axis = look.dates
		? {
				incrs: dateSteps,
				splits: (_u, _a, min, max, step) => dateTicks(min, max, step),
				values: (_u, at, _a, _s, step) => (look.xLabels ? dateLabels(at, step) : blank(at))
			}
		: { values: look.xLabels ? undefined : (_u, at) => blank(at) };
	const y: uPlot.Axis = {
		size: AXIS_WIDTH,
		splits: (_u, _a, min, max) =>
			(look.log ? logTicks : niceTicks)(min, max, Math.max(2, Math.floor(look.height / 40))),
		filter: (_u, at) => at,
		values: (_u, at) => ticks(at)
	};
	// Two lines where the year stands under the month.
	const size: uPlot.Axis['size'] = (_u, labels) =>
		look.xLabels ? (labels?.some((l) => l.includes('\n')) ? 38 : 24) : 8;
	return [
		{ ...axis, size, space: 64, ...x },
		{ ...axis, ...y }
	];
}

/** How a chart looks and behaves is fixed here and nowhere else. */
export function options(
	width: number,
	series: Series[],
	look: Look,
	reader: Reader
): uPlot.Options {
	return {
		width,
		height: look.height,
		ms: 1,
		tzDate: (ts) => uPlot.tzDate(new Date(ts), 'Etc/UTC'),
		padding: [8, 12, look.xLabels ? 0 : 4, 0],
		legend: { show: false },
		scales: {
			x: { time: look.dates },
			y: { distr: look.log ? 3 : 1, range: (_u, min, max) => yExtent(min, max, look) }
		},
		axes: axes(look, reader),
		series: [{}, ...series.map((s, i) => line(s, i, reader.colour))],
		cursor: {
			y: false,
			drag: { x: true, y: false, setScale: false, dist: 5 },
			points: { size: 6 },
			bind: {
				dblclick: () => () => {
					reader.onreset();
					return null;
				}
			},
			...(look.syncKey ? { sync: { key: look.syncKey, filters: { pub: moves, sub: moves } } } : {})
		},
		hooks: {
			drawClear: [(u) => drawShades(u, look.shades, reader.colour)],
			setCursor: [
				(u) =>
					reader.onmove({
						point: u.cursor.idx ?? null,
						left: (u.cursor.left ?? 0) + u.bbox.left / uPlot.pxRatio,
						width: u.width
					})
			],
			setSelect: [
				(u) => {
					const { left, width: wide } = u.select;
					if (wide <= 0) return;
					reader.onselect(u.posToVal(left, 'x'), u.posToVal(left + wide, 'x'));
					u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
				}
			]
		}
	};
}

/** A chart in `node`, as wide as it; to be destroyed by what is returned beside it. */
export function mount(
	node: HTMLElement,
	data: uPlot.AlignedData,
	series: Series[],
	look: Look,
	reader: Reader
): [uPlot, () => void] {
	const chart = new uPlot(options(node.clientWidth, series, look, reader), data, node);
	const resize = new ResizeObserver(() => {
		const width = node.clientWidth;
		// Nothing is drawn while hidden: a width of 0 would throw the picture away.
		if (width && width !== chart.width) chart.setSize({ width, height: look.height });
	});
	resize.observe(node);
	return [
		chart,
		() => {
			resize.disconnect();
			chart.destroy();
		}
	];
}

/** Puts the crosshair on point `i`, or takes it away; charts in step follow. */
export function stand(chart: uPlot, i: number | null): void {
	// The type leaves out the last argument, which tells the charts in step.
	const set = chart.setCursor as (at: object, fire: boolean, tell: boolean) => void;
	if (i === null) return set({ left: -10, top: -10 }, true, true);
	const y = chart.data
		.slice(1)
		.map((values, k) => (chart.series[k + 1].show ? values[i] : null))
		.find((v) => v !== null && v !== undefined);
	const top = y === null || y === undefined ? 0 : Math.max(0, chart.valToPos(y, 'y'));
	set({ left: chart.valToPos(chart.data[0][i], 'x'), top }, true, true);
}
