/** What a line chart is given. */
import type { Snippet } from 'svelte';
import type { SvelteSet } from 'svelte/reactivity';
import type { XRange } from './scale.ts';
import type { NumberText, Series } from './series.ts';
import type { Shade } from './shades.ts';

export interface LineChartProps {
	/** What the chart shows, for who cannot see it; `title` is drawn above it. */
	label: string;
	title?: string;
	x: string[] | number[];
	series: Series[];
	height?: number;
	/** Charts with the same key share the crosshair. */
	syncKey?: string;
	percent?: boolean;
	log?: boolean;
	/** Keep zero in view. */
	zero?: boolean;
	xLabels?: boolean;
	xName?: string;
	format?: NumberText;
	range?: XRange;
	/** Labels of series not drawn; shared by charts that show the same ones. */
	hidden?: SvelteSet<string>;
	legend?: boolean;
	/** Buttons above the chart, left of its own. */
	tools?: Snippet;
	/** Parts of the x axis that are shaded. */
	shades?: readonly Shade[];
	/** A point was clicked, or Enter pressed on it; `pickText` says what that does. */
	onpick?: (x: string) => void;
	pickText?: string;
}
