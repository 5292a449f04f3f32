import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Remaining } from '../../../src/backends/remaining.ts';
import type { StopOptions } from '../../../src/machines/stopping.ts';
import { run } from '../stub-machines.ts';

const refused: Remaining = {
  total: 10,
  processes: Array.from({ length: 9 }, (_, index) => ({
    pid: 4700 + index,
    insidePid: index + 1,
    name: index === 0 ? 'evil\nweb: stopped' : `p${index}`,
    state: 'sleeping' as const,
    waitChannel: index === 1 ? 'do_wait' : null,
  })),
};

const killed = async () => ({ clean: false, exit: undefined, refused });

afterEach(() => {
  vi.useRealTimers();
});

describe('a stop that had to kill', () => {
  it('names some of those that refused, each in a line that the name cannot leave', async () => {
    const { stdout } = await run(['stop', 'web', '-t', '5'], { machines: { stop: killed } });
    const lines = stdout.trimEnd().split('\n');
    expect(lines.slice(0, 3)).toEqual([
      'web: did not stop within 5 s and was killed',
      '  still there: evil?web: stopped (pid 1, 4700 on the host): sleeping',
      '  still there: p1 (pid 2, 4701 on the host): sleeping in do_wait',
    ]);
    expect(lines.slice(-1)).toEqual(['  and 2 more']);
  });

  it('gives them all in JSON', async () => {
    const { stdout } = await run(['stop', 'web', '--json'], { machines: { stop: killed } });
    expect(JSON.parse(stdout).results[0]).toMatchObject({ clean: false, refused });
  });

  it('says so when it was a restart', async () => {
    const { stdout } = await run(['restart', 'web'], { machines: { restart: killed } });
    expect(stdout).toMatch(/^web: did not stop within 30 s and was killed, then restarted\n {2}still there/);
  });
});

describe('the count-down', () => {
  /** A stop that takes `ms`, on a terminal. */
  async function stopIn(ms: number, terminal = true): Promise<string> {
    vi.useFakeTimers();
    const stop = async (_: string, { onProgress }: StopOptions) => {
      onProgress?.({ rung: 'halt', signal: 'SIGPWR', killAt: Date.now() + 30_000 });
      await new Promise((resolve) => setTimeout(resolve, ms));
      return { clean: true, exit: undefined };
    };
    const ran = run(['stop', 'web'], { terminal, machines: { stop, remaining: async () => refused } });
    await vi.advanceTimersByTimeAsync(ms);
    return (await ran).stderr;
  }

  it('is drawn each second on a terminal, and cleared at the end', async () => {
    const drawn = await stopIn(2500);
    expect(drawn).toContain(
      'web: init was sent SIGPWR, killed in 29 s; still there: evil?web: stopped (1), p1 (2)',
    );
    expect(drawn).toContain('killed in 28 s');
    expect(drawn.endsWith('\r\x1b[K')).toBe(true);
  });

  it('is not drawn for what is over sooner, nor where nobody sees it', async () => {
    expect(await stopIn(900)).toBe('');
    expect(await stopIn(5000, false)).toBe('');
  });
});
