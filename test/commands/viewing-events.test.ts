import { describe, expect, it } from 'vitest';
import type { MachineEvent } from '../../src/machines/events/events.ts';
import type { Machines } from '../../src/machines/machines.ts';
import { run } from './stub-machines.ts';

const event = (pid: number): MachineEvent => ({
  time: '2026-01-31T12:00:00.000Z',
  name: 'web',
  type: 'started',
  details: { pid },
});

const machines: Partial<Machines> = {
  events: async function* () {
    for (let pid = 1; pid <= 45; pid += 1) yield event(pid);
  },
  followEvents: async function* () {
    yield event(1000);
  },
};

async function pidsOf(...words: readonly string[]): Promise<readonly number[]> {
  const { stdout } = await run(['events', '--json', ...words], { machines });
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line).details.pid);
}

describe('events', () => {
  it('that there are none of are said to be none, but not in JSON', async () => {
    const none = { events: async function* () {} };
    expect(await run(['events', 'nosuch'], { machines: none })).toMatchObject({
      exitCode: 0,
      stderr: 'no events\n',
    });
    expect((await run(['events', '--json'], { machines: none })).stderr).toBe('');
  });

  it('are all, or the last ones', async () => {
    expect(await pidsOf()).toHaveLength(45);
    expect(await pidsOf('-n', '3')).toEqual([43, 44, 45]);
    expect(await pidsOf('--lines', '100')).toHaveLength(45);
  });

  it('that are followed begin with the last ten, unless a time or a count is given', async () => {
    expect(await pidsOf('-f')).toEqual([36, 37, 38, 39, 40, 41, 42, 43, 44, 45, 1000]);
    expect(await pidsOf('-f', '--since', '1h')).toHaveLength(46);
    expect(await pidsOf('-f', '-n', '1')).toEqual([45, 1000]);
  });
});
