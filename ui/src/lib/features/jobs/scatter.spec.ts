import { describe, expect, it } from 'vitest';
import { along, frameOf, nearest, pointsOf } from './scatter.ts';

const candidate = (hash: string, x: number | null, y: number | null, front = 1) => ({
	expr_hash: hash,
	run_id: `r${hash}`,
	in_sample: x,
	out_of_sample: y,
	front
});

describe('a scatter of candidates', () => {
	const points = pointsOf([
		candidate('b', 1, 0.5, 0),
		candidate('a', 0.2, -0.5),
		candidate('c', null, 1),
		candidate('d', 1, null)
	]);
	it('has those with both ratios, from left to right', () =>
		expect(points).toEqual([
			{ hash: 'a', run: 'ra', x: 0.2, y: -0.5, front: false },
			{ hash: 'b', run: 'rb', x: 1, y: 0.5, front: true }
		]));
	it('keeps zero in view', () => {
		const { x, y } = frameOf(points);
		expect(x[0]).toBe(0);
		expect(x[1]).toBeGreaterThan(1);
		expect(y[0]).toBeLessThan(-0.5);
		expect(y[1]).toBeGreaterThan(0.5);
	});
	it('finds the nearest point within reach', () => {
		const frame = {
			x: [0, 1] as [number, number],
			y: [-1, 1] as [number, number],
			xTicks: [],
			yTicks: []
		};
		const box = { width: 100, height: 100 };
		expect(nearest(points, frame, { left: 98, top: 27, ...box })).toBe(1);
		expect(nearest(points, frame, { left: 22, top: 70, ...box })).toBe(0);
		expect(nearest(points, frame, { left: 60, top: 10, ...box })).toBeNull();
	});
	it('puts a value between the ends', () =>
		expect([along(1, [0, 4]), along(1, [1, 1])]).toEqual([0.25, 0.5]));
});
