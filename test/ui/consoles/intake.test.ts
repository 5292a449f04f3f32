import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createIntake } from '../../../src/ui/consoles/intake.ts';

const KIB = 1024;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Bytes that are taken of a flood in that time. */
async function flood(
  isSeen: boolean,
  seconds: number,
  onTime?: (intake: ReturnType<typeof createIntake>) => void,
) {
  const intake = createIntake(() => isSeen);
  let [taken, over] = [0, false];
  const taking = (async () => {
    while (!over) {
      taken += 64 * KIB;
      await intake.taken(64 * KIB);
    }
  })();
  await vi.advanceTimersByTimeAsync(seconds * 1000);
  const before = taken;
  onTime?.(intake);
  await vi.advanceTimersByTimeAsync(0);
  over = true;
  intake.hurry();
  await vi.runAllTimersAsync();
  await taking;
  return { before, after: taken };
}

describe('what is taken of a console', () => {
  it('is all of a burst at once', async () => {
    expect((await flood(true, 0)).before).toBeGreaterThanOrEqual(1024 * KIB);
  });

  it('is no more of a flood than a rate, and less of what nobody sees', async () => {
    const [seen, hidden] = [await flood(true, 10), await flood(false, 10)];
    expect(seen.before / KIB).toBeGreaterThan(10 * 512);
    expect(seen.before / KIB).toBeLessThan(10 * 512 + 1024 + 128);
    expect(hidden.before / KIB).toBeLessThan(10 * 128 + 1024 + 128);
  });

  it('is all that waits once somebody has typed', async () => {
    const { before, after } = await flood(true, 10, (intake) => intake.hurry());
    expect((after - before) / KIB).toBeGreaterThanOrEqual(1024);
  });
});
