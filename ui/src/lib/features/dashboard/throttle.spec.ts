import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { throttled } from './throttle.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it('acts at once, then once in a while, and never misses the last', () => {
	const act = vi.fn();
	const { call } = throttled(act, 1000);
	const seen: number[] = [];
	for (let at = 0; at < 2500; at += 100) {
		call();
		vi.advanceTimersByTime(100);
		seen.push(act.mock.calls.length);
	}
	expect([seen[0], seen[9], seen[10], seen[24]]).toEqual([1, 2, 2, 3]);
	vi.advanceTimersByTime(5000);
	expect(act).toHaveBeenCalledTimes(4);
	vi.advanceTimersByTime(5000);
	expect(act).toHaveBeenCalledTimes(4);
});

it('stops', () => {
	const act = vi.fn();
	const { call, stop } = throttled(act, 1000);
	call();
	call();
	stop();
	vi.advanceTimersByTime(5000);
	expect(act).toHaveBeenCalledTimes(1);
});
