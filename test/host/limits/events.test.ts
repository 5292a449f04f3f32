/** What limits do to a machine, as the kernel tells it on the cgroup layout that this host has, until it stands in the journal. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readGroupPlace, readHostFacts } from '../../../src/backends/native/read-host-facts.ts';
import { counterFiles, takeReadings } from '../../../src/backends/native/watching/readings.ts';
import type { MachineEvent } from '../../../src/machines/events/events.ts';
import { openJournal } from '../../../src/machines/events/journal.ts';
import { inThisProcess, shellHere } from '../../setup/in-this-process.ts';
import { itWhere } from '../../setup/it-where.ts';
import { withRoot } from '../../setup/with-root.ts';

const host = withRoot();
const { root, cgroupParent } = host;
const { cli, done } = inThisProcess(host);
const journal = openJournal(join(root, 'events'));
const { layout, pressureSupport } = readHostFacts(readGroupPlace(cgroupParent));
const unified = layout.kind === 'unified';
/** However busy the host is: the test's own time-out ends it. */
const SOON = { timeout: 600_000, interval: 100 };
const HOG = 'tail /dev/zero';
/** Little: a translated processor takes seconds to fill it. */
const limit = 'memory.max=12M';

let count = 0;
async function started(...settings: readonly string[]): Promise<string> {
  count += 1;
  const name = `told${count}`;
  await done(['create', name, '-t', 'busybox', ...settings.flatMap((one) => ['--set', one])]);
  await done(['start', name]);
  return name;
}

const shell = (name: string, script: string) => shellHere(host, name, script);

/** Read here, not by the command: it is looked often, and each command costs a translated processor a second. */
const eventsOf = (name: string): readonly MachineEvent[] =>
  [...journal.read()].filter((event) => event.name === name);

const told = (name: string, type: string): readonly MachineEvent['details'][] =>
  eventsOf(name)
    .filter((event) => event.type === type)
    .map(({ details }) => details);

async function untilTold(name: string, type: string, times = 1): Promise<readonly MachineEvent['details'][]> {
  await expect.poll(() => told(name, type).length, SOON).toBeGreaterThanOrEqual(times);
  return told(name, type);
}

const machineOf = async (name: string) => JSON.parse(await done(['info', name, '--json'])).machine;
const untilState = (name: string, state: string) =>
  done(['wait', name, '--state', state, '--timeout', '600']);

/** What the kernel counts of a machine that runs. */
const readings = (name: string) =>
  takeReadings(counterFiles(layout, cgroupParent, name), (path) => readFileSync(path, 'latin1'));

describe('a process that is killed for want of memory', () => {
  it('is told of, with how many and why; the machine goes on', async () => {
    const name = await started(limit);
    expect((await shell(name, HOG)).code).toBe(137);
    expect(await untilTold(name, 'oom-killed')).toEqual([{ processes: 1, cause: 'limit' }]);
    expect((await machineOf(name)).state).toBe('running');
    expect(await done(['logs', name])).toContain(
      'out of memory: a process was killed; memory.max was reached',
    );
  });

  it('is counted anew after a reboot from inside', async () => {
    const name = await started(limit);
    await shell(name, HOG);
    await untilTold(name, 'oom-killed');
    await shell(name, 'reboot');
    await untilTold(name, 'rebooted');
    await untilState(name, 'running');
    await shell(name, HOG);
    expect(await untilTold(name, 'oom-killed', 2)).toEqual(Array(2).fill({ processes: 1, cause: 'limit' }));
  });

  it('a thousand times over is told in a few lines that lose none of them', async () => {
    const name = await started(limit);
    const begunAt = performance.now();
    await shell(name, `timeout 5 sh -c 'while :; do ${HOG} & ${HOG} & wait; done'`);
    const { kills = 0 } = readings(name);
    await done(['stop', name]);
    const events = told(name, 'oom-killed');
    const processes = events.reduce((sum, details) => sum + Number(details['processes']), 0);
    expect(kills).toBeGreaterThan(3);
    expect(processes).toBeGreaterThanOrEqual(kills);
    // One at once, one a second however slow the host is, and what is left at the end.
    expect(events.length).toBeLessThanOrEqual(Math.ceil((performance.now() - begunAt) / 1000) + 2);
  });
});

describe('on-oom', () => {
  it('freeze leaves the machine to be looked at, and a thaw lets it go on', async () => {
    const name = await started(limit, 'on-oom=freeze');
    // Its own shell is frozen with it.
    const hog = shell(name, `${HOG}; echo went on`);
    await untilState(name, 'frozen');
    expect(await untilTold(name, 'oom-action')).toEqual([{ action: 'freeze' }]);
    await done(['unfreeze', name]);
    expect((await hog).stdout).toContain('went on');
  });

  it('stop halts it', async () => {
    const name = await started(limit, 'on-oom=stop');
    await shell(name, HOG);
    await untilState(name, 'stopped');
    const types = eventsOf(name).map(({ type }) => type);
    expect(types.slice(types.indexOf('oom-killed'))).toEqual([
      'oom-killed',
      'oom-action',
      'stopping',
      'stopped',
    ]);
    expect((await machineOf(name)).lastExit.reason).toBe('halt');
    // Its monitor, what it watched, and the note of what was told are gone.
    await expect.poll(() => existsSync(join(root, 'run', name)), SOON).toBe(false);
  });

  it('restart brings it down and up again', async () => {
    const name = await started(limit, 'on-oom=restart');
    const { pid } = await machineOf(name);
    await shell(name, HOG);
    await untilTold(name, 'started', 2);
    await untilState(name, 'running');
    expect((await machineOf(name)).pid).not.toBe(pid);
    expect(told(name, 'oom-action')).toEqual([{ action: 'restart' }]);
  });
});

describe('an init that is killed for want of memory', () => {
  const dies = 'init=["/bin/sh","-c","exec tail /dev/zero"]';

  it('has that told before its end', async () => {
    const name = await started(limit, dies);
    await untilTold(name, 'stopped');
    const events = eventsOf(name).filter(({ type }) => type === 'oom-killed' || type === 'stopped');
    expect(events.map(({ type, details }) => [type, details])).toEqual([
      ['oom-killed', { processes: 1, cause: 'limit' }],
      ['stopped', { reason: 'signaled', signal: 9 }],
    ]);
  });

  it('is started again with on-oom=restart, until that has been enough', async () => {
    const name = await started(limit, 'on-oom=restart', dies);
    const actions = await untilTold(name, 'oom-action', 4);
    expect(actions.map(({ refused }) => refused !== undefined)).toEqual([false, false, false, true]);
    await untilState(name, 'stopped');
    expect(told(name, 'oom-killed')).toEqual(Array(4).fill({ processes: 1, cause: 'limit' }));
  });
});

describe('a limit', () => {
  const forks = 'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do sleep 1 >/dev/null 2>&1 & done';

  it('of processes that was reached is told, at the end at the latest', async () => {
    const name = await started('pids.max=12');
    await shell(name, forks);
    const times = readings(name)['pids.max'];
    await done(['stop', name]);
    const reached = told(name, 'limit-reached');
    expect(reached[0]?.['limit']).toBe('pids.max');
    expect(reached.reduce((sum, details) => sum + Number(details['times']), 0)).toBeGreaterThanOrEqual(
      times ?? 1,
    );
    const types = eventsOf(name).map(({ type }) => type);
    expect(types.indexOf('limit-reached')).toBeLessThan(types.indexOf('stopped'));
  });

  // v1 tells nobody: on Linux 6.11 and later its pids.events does not even signal, and it has no memory.high.
  itWhere(unified)('of processes is told while the machine runs', async () => {
    const name = await started('pids.max=12');
    await shell(name, forks);
    expect((await untilTold(name, 'limit-reached'))[0]).toMatchObject({ limit: 'pids.max' });
  });

  itWhere(unified)('of memory.high is told', async () => {
    const name = await started('memory.high=8M');
    await shell(name, 'dd if=/dev/zero of=/dev/null bs=24M count=1');
    expect((await untilTold(name, 'limit-reached'))[0]).toMatchObject({ limit: 'memory.high' });
  });

  itWhere(unified)(
    'that the machine set inside itself is told as such, and nothing else is done',
    async () => {
      const name = await started('on-oom=stop');
      const inside = [
        'cd /sys/fs/cgroup && mkdir rest part',
        'for pid in $(cat cgroup.procs); do echo $pid > rest/cgroup.procs 2>/dev/null; done',
        'echo +memory > cgroup.subtree_control && echo 8M > part/memory.max',
        `sh -c 'echo $$ > part/cgroup.procs; exec ${HOG}'`,
      ];
      expect((await shell(name, inside.join('; '))).code).toBe(137);
      expect(await untilTold(name, 'oom-killed')).toEqual([{ processes: 1, cause: 'inside' }]);
      expect(told(name, 'oom-action')).toEqual([]);
      expect((await machineOf(name)).state).toBe('running');
    },
  );

  itWhere(unified)('with memory.oom.group ends the machine, and on-oom=restart starts it again', async () => {
    const name = await started(limit, 'memory.oom.group=true', 'on-oom=restart');
    await shell(name, HOG);
    expect(await untilTold(name, 'oom-action')).toEqual([{ action: 'restart' }]);
    await untilState(name, 'running');
    const types = eventsOf(name).map(({ type }) => type);
    expect(types.slice(types.indexOf('oom-killed'))).toEqual(['oom-killed', 'stopped', 'oom-action']);
  });
});

describe('pressure', () => {
  itWhere(layout.unified !== undefined)('over its threshold is told', async () => {
    const name = await started('cpu.max=10%', 'pressure.cpu=some 100ms/2s');
    const busy = shell(name, 'timeout 40 sh -c "while :; do :; done"');
    const [first] = await untilTold(name, 'pressure');
    expect(first).toMatchObject({ resource: 'cpu', threshold: 'some 100ms/2s' });
    expect(Number(first?.['stalledMs'])).toBeGreaterThanOrEqual(100);
    // What is killed ends in the time that it is given, which on a busy host is next to nothing.
    await done(['set', name, 'cpu.max=max']);
    await done(['kill', name]);
    await busy;
  });

  itWhere(pressureSupport() !== 'any-window')(
    'with a window that this host refuses is not stored',
    async () => {
      const name = await started();
      const { code, stderr } = await cli(['set', name, 'pressure.io=some 150ms/1s']);
      expect(code).toBe(1);
      expect(stderr).toContain('pressure.io');
      expect(await done(['config', name, 'pressure.io'])).toContain('never');
    },
  );
});
