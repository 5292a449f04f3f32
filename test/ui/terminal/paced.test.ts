import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { paced } from '../../../src/ui/terminal/paced.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe('what is paced', () => {
  it('is called at once after a rest, and once for all that is asked until the next', () => {
    const call = vi.fn();
    const { ask } = paced(call, 30);
    ask();
    vi.advanceTimersByTime(1);
    expect(call).toHaveBeenCalledTimes(1);
    for (let turn = 0; turn < 10; turn += 1) ask();
    vi.advanceTimersByTime(20);
    expect(call).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(20);
    expect(call).toHaveBeenCalledTimes(2);
    vi.advanceTimersByTime(100);
    expect(call).toHaveBeenCalledTimes(2);
  });

  it('is not called any more once it is closed, whether it was asked before or is asked then', () => {
    const call = vi.fn();
    const { ask, close } = paced(call, 30);
    ask();
    close();
    ask();
    vi.advanceTimersByTime(100);
    expect(call).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });
});
