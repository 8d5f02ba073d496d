import { beforeEach, describe, expect, it, vi } from 'vitest';
import { place, type Align, type Side } from './floating.ts';
import { target } from './menu.ts';
import { tooltip } from './tooltip.svelte.ts';

describe('the place of a floating thing', () => {
	const view = { width: 1000, height: 600 };
	const size = { width: 100, height: 20 };
	const box = (left: number, top: number) => ({ left, top, width: 40, height: 30 });
	it.each<[string, ReturnType<typeof box>, Side, Align, number, number]>([
		['below, in the middle', box(500, 100), 'bottom', 'center', 470, 136],
		['below, from its start', box(500, 100), 'bottom', 'start', 500, 136],
		['below, to its end', box(500, 100), 'bottom', 'end', 440, 136],
		['above', box(500, 100), 'top', 'center', 470, 74],
		['right', box(0, 100), 'right', 'center', 46, 105],
		['left, from its top', box(500, 100), 'left', 'start', 394, 100],
		['above when there is no room below', box(500, 570), 'bottom', 'center', 470, 544],
		['right when there is no room left', box(20, 100), 'left', 'center', 66, 105],
		['inside at the left edge', box(0, 100), 'bottom', 'center', 8, 136],
		['inside at the right edge', box(960, 100), 'bottom', 'start', 892, 136]
	])('is %s', (_, anchor, side, align, left, top) =>
		expect(place(anchor, size, side, view, align)).toEqual({ left, top })
	);
});

describe('a key in a menu', () => {
	const names = ['Copy', 'Cut', 'Delete'];
	it.each([
		['ArrowDown', -1, 0],
		['ArrowDown', 2, 0],
		['ArrowUp', -1, 2],
		['ArrowUp', 1, 0],
		['Home', 2, 0],
		['End', 0, 2],
		['c', -1, 0],
		['c', 0, 1],
		['C', 1, 0],
		['d', 0, 2],
		['x', 0, undefined],
		[' ', 0, undefined],
		['Shift', 0, undefined]
	])('%j at %d leads to %j', (key, at, to) => expect(target(key, at, names)).toBe(to));
	it('leads nowhere in an empty one', () => expect(target('Home', -1, [])).toBeUndefined());
});

describe('a tooltip', () => {
	const a = {} as Element;
	const b = {} as Element;
	const tip = { text: 'x', side: 'bottom' as const };
	const text = () => tooltip.tip?.text ?? null;
	beforeEach(() => {
		vi.useFakeTimers();
		tooltip.hide();
		vi.advanceTimersByTime(1000);
	});

	it('comes after a while, and not when one has gone on', () => {
		tooltip.point(a, tip);
		vi.advanceTimersByTime(399);
		const early = text();
		vi.advanceTimersByTime(1);
		expect([early, text()]).toEqual([null, 'x']);
		tooltip.hide();
		vi.advanceTimersByTime(1000);
		tooltip.point(a, tip);
		tooltip.leave();
		vi.advanceTimersByTime(1000);
		expect(text()).toBeNull();
	});
	it('comes at once at the next one', () => {
		tooltip.show(a, tip);
		tooltip.leave();
		tooltip.point(b, { ...tip, text: 'y' });
		expect([text(), tooltip.anchor]).toEqual(['y', b]);
		vi.advanceTimersByTime(1000);
		expect(text()).toBe('y');
	});
	it('stays while the pointer is on it', () => {
		tooltip.show(a, tip);
		tooltip.leave();
		tooltip.keep();
		vi.advanceTimersByTime(1000);
		expect(text()).toBe('x');
		tooltip.leave();
		vi.advanceTimersByTime(1000);
		expect(text()).toBeNull();
	});
});
