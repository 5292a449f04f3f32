import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { inspectMachine } from '../../../../src/backends/native/inspection/inspect.ts';
import { openProcess } from '../../../../src/backends/native/inspection/process-files.ts';
import { readStateFile } from '../../../../src/backends/native/life/state-file.ts';
import { createMachineFixture, type MachineFixture, statLine } from '../machine-fixture.ts';

let fixture: MachineFixture;
beforeEach(() => {
  fixture = createMachineFixture({ limits: { 'memory.max': 1 << 29 } });
  fixture.writeState(['phase', 'running'], ['monitor', 50, 1000], ['init', 60, 1001], ['started-at', 1]);
});
afterEach(() => fixture.remove());

const inspect = () =>
  inspectMachine(fixture.machine, readStateFile(fixture.machine.runDirectory), fixture.host);
const init = (file: string, text: string) => fixture.write(`proc/60/${file}`, text);

describe('a machine as the kernel sees it', () => {
  it('is told from the files of its init', () => {
    fixture.addProcess(60, 1001);
    init('status', 'NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t3\nCapBnd:\t0000000000000001\n');
    init('uid_map', '         0     100000      65536\n');
    init('gid_map', '         0     100000      65536\n');
    init('mountinfo', '99 1 0:7 / / rw - overlay overlay rw\n');
    init('oom_score', '666\n');
    init('oom_score_adj', '-5\n');
    expect(inspect()).toMatchObject({
      idMap: ['uid 0 100000 65536', 'gid 0 100000 65536'],
      capabilities: ['chown'],
      seccomp: 'filter (3 loaded)',
      noNewPrivileges: true,
      securityLabel: null,
      mounts: [{ path: '/', type: 'overlay' }],
      oom: { score: 666, adjustment: -5 },
      monitorPid: 50,
      incomplete: [],
    });
  });

  it('is never told from a process that has the pid of its init by now', () => {
    fixture.addProcess(60, 2002);
    init('status', 'Seccomp:\t0\nCapBnd:\t000001ffffffffff\n');
    init('mountinfo', '99 1 0:7 / /secret rw - ext4 /dev/vda rw\n');
    expect(inspect()).toMatchObject({
      mounts: [],
      capabilities: [],
      seccomp: 'unknown',
      monitorClients: null,
    });
  });

  it('that is gone tells what needs no process', () => {
    expect(inspect()).toMatchObject({
      mounts: [],
      capabilitySets: null,
      cgroups: [`${fixture.root}/cgroup/ours/web`],
      monitorPid: 50,
    });
  });

  it.each([
    ['attr/apparmor/current', 'tsmachine (enforce)\n', { module: 'apparmor', label: 'tsmachine (enforce)' }],
    ['attr/current', 'unconfined\n', { module: 'apparmor', label: 'unconfined' }],
    [
      'attr/current',
      'system_u:system_r:container_t:s0\0',
      { module: 'selinux', label: 'system_u:system_r:container_t:s0' },
    ],
    ['attr/current', '_\n', { module: 'other', label: '_' }],
  ])('has the label that %s says: %j', (file, text, label) => {
    fixture.addProcess(60, 1001);
    init(file, text);
    expect(inspect().securityLabel).toEqual(label);
  });

  it('with a mount table without end is told in part, by whole lines', () => {
    fixture.addProcess(60, 1001);
    const line = `99 1 0:7 / /${'x'.repeat(100)} rw - tmpfs tmpfs rw\n`;
    init('mountinfo', line.repeat(20_000));
    const { mounts, incomplete } = inspect();
    expect(incomplete).toEqual(['mounts']);
    expect(mounts.length).toBeGreaterThan(1000);
    expect(new Set(mounts.map(({ path }) => path)).size).toBe(1);
  });

  it('tells limits in force, swap, throttling and kills from its group', () => {
    const cpu = 'usage_usec 9\nnr_periods 40\nnr_throttled 12\nthrottled_usec 500000\n';
    fixture.writeGroup('cpu.stat', cpu);
    fixture.writeGroup('memory.max', '268435456\n');
    fixture.writeGroup('memory.swap.current', '4096\n');
    fixture.writeGroup('memory.events', 'low 0\noom 3\noom_kill 2\noom_group_kill 0\n');
    expect(inspect()).toMatchObject({
      limitsInForce: { 'memory.max': 268_435_456 },
      swapBytes: 4096,
      throttling: { periods: 40, throttledPeriods: 12, throttledUsec: 500_000 },
      oomKills: 2,
      controllers: { unified: expect.stringContaining('/ours/web'), memory: expect.any(String) },
    });
  });
});

describe('the files of a process', () => {
  it('are those of that process even when its pid is given out anew', () => {
    fixture.addProcess(60, 1001);
    init('comm', 'first\n');
    const files = openProcess({ pid: 60, start: 1001 }, fixture.host.procRoot);
    fixture.replaceProcess(60, { stat: statLine(60, 2002, 'S'), comm: 'second\n' });
    expect(files?.read('comm').text).not.toBe('second\n');
    files?.close();
  });
});
