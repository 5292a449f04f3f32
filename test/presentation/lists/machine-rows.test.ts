import { describe, expect, it, vi } from 'vitest';
import { MachineError } from '../../../src/machines/errors.ts';
import { listRows, sortMachines } from '../../../src/presentation/lists/machine-rows.ts';
import { createPaint } from '../../../src/presentation/paint.ts';
import { formatTable } from '../../../src/presentation/table.ts';
import { run, summary } from '../../commands/stub-machines.ts';

const web = summary('web', {
  state: 'running',
  pid: 4711,
  memoryBytes: 5 * 1024 * 1024,
  cpuUsec: 1_250_000,
  tasks: 3,
  startedAt: '2026-01-31T12:00:00.000Z',
});
const old = summary('old-database', { privileged: true });
const now = Date.parse('2026-01-31T14:05:30.000Z');

describe('the list', () => {
  it('is an aligned table that marks privileged machines', () => {
    const { heads, rows } = listRows([web, old], undefined, now);
    expect(formatTable(heads, rows, createPaint(false))).toEqual([
      'NAME          STATE                 BACKEND  TEMPLATE   PID   MEMORY    CPU  TASKS  STARTED',
      'web           running               native   busybox   4711  5.0 MiB  1.25s      3  2h5m ago',
      'old-database  stopped (privileged)  native   busybox      -        -      -      -  -',
    ]);
  });

  it('sorts by any column, upwards or downwards, and puts what has no value last', () => {
    const big = summary('big', { memoryBytes: 10 ** 9 });
    const names = (sort: string) => sortMachines([old, web, big], sort).map(({ name }) => name);
    expect(names('memory')).toEqual(['web', 'big', 'old-database']);
    expect(names('-memory')).toEqual(['big', 'web', 'old-database']);
    expect(names('NAME')).toEqual(['big', 'old-database', 'web']);
  });

  it('shows only the states and columns that were asked for', async () => {
    const ran = await run(['list', '--state', 'running,frozen', '--columns', 'NAME,pid'], {
      machines: { list: async () => [web, old] },
    });
    expect(ran.stdout).toBe('NAME   PID\nweb   4711\n');
  });

  it('looks at disks only when it is asked for them', async () => {
    const diskUsage = vi.fn(async (name: string) => {
      if (name === 'big') throw new MachineError('no-such-machine', 'it went just now');
      return { ownBytes: name === 'web' ? 2048 : 1024, sharedBytes: 94 * 1024 * 1024 };
    });
    const machines = { list: async () => [old, summary('big'), web], diskUsage };
    await run(['list'], { machines });
    expect(diskUsage).not.toHaveBeenCalled();
    const ran = await run(['list', '--columns', 'name,disk,snapshots', '--sort', '-disk'], { machines });
    expect(ran.stdout.split('\n')).toEqual([
      'NAME                                  DISK  SNAPSHOTS',
      'web           2.0 KiB own, 94.0 MiB shared          0',
      'old-database  1.0 KiB own, 94.0 MiB shared          0',
      'big                                      -          0',
      '',
    ]);
    const { stdout } = await run(['list', '--sort', 'disk', '--json'], { machines });
    expect(JSON.parse(stdout).machines.map(({ disk }: { disk: unknown }) => disk)).toEqual([
      { ownBytes: 1024, sharedBytes: 94 * 1024 * 1024 },
      { ownBytes: 2048, sharedBytes: 94 * 1024 * 1024 },
      null,
    ]);
  });

  it.each([
    ['has colours on a terminal', [], {}, true],
    ['has none with --no-color', ['--no-color'], {}, false],
    ['has none with NO_COLOR', [], { NO_COLOR: '1' }, false],
    ['has colours with an empty NO_COLOR', [], { NO_COLOR: '' }, true],
  ])('%s', async (_, options, environment, coloured) => {
    const ran = await run(['list', ...options], {
      machines: { list: async () => [web] },
      terminal: true,
      environment,
    });
    expect(ran.stdout.includes('\x1b[32mrunning')).toBe(coloured);
  });

  it('has no colours in a pipe', async () => {
    expect((await run(['list'], { machines: { list: async () => [web] } })).stdout).not.toContain('\x1b');
  });
});
