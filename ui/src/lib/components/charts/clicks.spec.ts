import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Clicks } from './clicks.ts';

vi.useFakeTimers();
const pick = vi.fn();
const at = (clientX: number, detail = 1) => ({ clientX, clientY: 0, detail });
let clicks: Clicks;
beforeEach(() => {
	pick.mockClear();
	clicks = new Clicks();
	clicks.down(at(10));
});

describe('a click', () => {
	it('picks at once', () => {
		clicks.click(at(12), false, pick);
		expect(pick).toHaveBeenCalledTimes(1);
	});
	it('is none after a drag', () => {
		clicks.click(at(30), false, pick);
		vi.runAllTimers();
		expect(pick).not.toHaveBeenCalled();
	});
	it('waits for a second one where that means something', () => {
		clicks.click(at(10), true, pick);
		expect(pick).not.toHaveBeenCalled();
		vi.runAllTimers();
		expect(pick).toHaveBeenCalledTimes(1);
	});
	it('picks nothing when it is double', () => {
		clicks.click(at(10), true, pick);
		clicks.click(at(10, 2), true, pick);
		vi.runAllTimers();
		expect(pick).not.toHaveBeenCalled();
	});
});
