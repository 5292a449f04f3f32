import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ManagedMachine } from '../../../../src/backends/manager/views.ts';
import type { CgroupLayout } from '../../../../src/backends/native/cgroups/layout.ts';
import { inspect, readRemaining, usageOf, usageOfAll } from '../../../../src/backends/nspawn/views/kernel.ts';
import { recordedBus } from './recorded-bus.ts';

const UNIT = 'systemd-nspawn@web.service';
const GROUP = `machine.slice/${UNIT}`;

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kernel-'));
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

const view = (layout: Partial<CgroupLayout> = {}) => ({
  layout: {
    kind: 'unified',
    unified: `${root}/v2`,
    unifiedControllers: ['memory', 'pids'],
    legacy: {},
    ...layout,
  } as CgroupLayout,
  procRoot: `${root}/proc`,
  imageFolders: [],
});
const hybrid = () =>
  view({
    kind: 'hybrid',
    unifiedControllers: [],
    legacy: { memory: `${root}/memory`, pids: `${root}/pids`, cpuacct: `${root}/cpuacct` },
  });

const web: ManagedMachine = {
  name: 'web',
  image: null,
  status: { state: 'running', pid: 40, monitorPid: 30, startedAt: 0 },
  unit: UNIT,
  service: 'systemd-nspawn',
  rootDirectory: null,
};
const machine = {
  ...{ Name: 'web', Class: 'container', Service: 'systemd-nspawn', Unit: UNIT, Leader: 40, State: 'running' },
  ...{ RootDirectory: '', Timestamp: 1n, NetworkInterfaces: [] },
};

function putProcess(pid: number, comm: string, cgroup: string): void {
  write(`proc/${pid}/stat`, `${pid} (${comm}) S 30 ${'0 '.repeat(17)}900 0`);
  write(`proc/${pid}/status`, `State:\tS (sleeping)\nNSpid:\t${pid}\t1\n`);
  write(`proc/${pid}/comm`, `${comm}\n`);
  write(`proc/${pid}/cgroup`, cgroup);
}

describe('what a machine uses', () => {
  it('is counted by the group of its unit', () => {
    putProcess(40, 'init', `0::/${GROUP}/payload/init.scope\n`);
    write(`v2/${GROUP}/memory.current`, '4096\n');
    write(`v2/${GROUP}/cpu.stat`, 'usage_usec 77\n');
    write(`v2/${GROUP}/pids.current`, '5\n');
    expect(usageOf(web, view())).toEqual({ memoryBytes: 4096, cpuUsec: 77, tasks: 5 });
    const down: ManagedMachine = { ...web, name: 'down', status: { state: 'stopped', lastExit: undefined } };
    expect([...usageOfAll([web, down], view()).keys()]).toEqual(['web']);
  });

  it('is counted by v1 on a hybrid host, as far as systemd made groups there', () => {
    putProcess(
      40,
      'init',
      `3:pids:/machine.slice\n2:memory:/${GROUP}\n1:name=systemd:/${GROUP}\n0::/${GROUP}/payload\n`,
    );
    write(`memory/${GROUP}/memory.usage_in_bytes`, '8192\n');
    write(`v2/${GROUP}/cpu.stat`, 'usage_usec 88\n');
    // That of the slice is not the machine's.
    write('pids/machine.slice/pids.current', '99\n');
    expect(usageOf(web, hybrid())).toEqual({ memoryBytes: 8192, cpuUsec: 88, tasks: undefined });
  });

  it('is unknown of one that has just ended', () => {
    expect(usageOf(web, view())).toEqual({ memoryBytes: undefined, cpuUsec: undefined, tasks: undefined });
  });
});

describe('who remains', () => {
  const found = (replies = {}) => readRemaining(recordedBus(replies).context, view(), 'web');

  it('is who the machine has, not systemd-nspawn', async () => {
    putProcess(40, 'init', `0::/${GROUP}/payload\n`);
    putProcess(30, 'systemd-nspawn', `0::/${GROUP}/supervisor\n`);
    write(`v2/${GROUP}/payload/cgroup.procs`, '40\n');
    write(`v2/${GROUP}/supervisor/cgroup.procs`, '30\n');
    expect((await found({ 'GetAll Machine web': [machine] })).processes.map(({ name }) => name)).toEqual([
      'init',
    ]);
  });

  it('is whoever is in the group of the unit when machined knows the machine no more', async () => {
    putProcess(50, 'left', `0::/${GROUP}\n`);
    write(`v2/${GROUP}/cgroup.procs`, '50\n');
    const { processes } = await found({ 'Get systemd_2dnspawn_40web_2eservice ControlGroup': [`/${GROUP}`] });
    expect(processes.map(({ pid }) => pid)).toEqual([50]);
  });

  it('is nobody of a unit that is down', async () => {
    expect(await found({ Get: [''] })).toEqual({ total: 0, processes: [] });
  });
});

describe('a machine that is inspected', () => {
  it('has the groups that there are, and nothing that only native machines have', async () => {
    putProcess(40, 'init', `0::/${GROUP}/payload\n`);
    write(`v2/${GROUP}/cgroup.procs`, '');
    write(`memory/${GROUP}/memory.limit_in_bytes`, '1048576\n');
    const { context } = recordedBus({ 'GetAll Machine web': [machine] });
    const seen = await inspect(context, hybrid(), 'web');
    expect(seen.cgroups).toEqual([`${root}/v2/${GROUP}`, `${root}/memory/${GROUP}`]);
    expect(Object.keys(seen.controllers)).toEqual(['unified', 'memory']);
    expect(seen).toMatchObject({ layers: [], devices: null, monitorPid: 30, monitorClients: null });
    expect(seen.limitsInForce['memory.max']).toBe(1048576);
  });

  it('may use the devices that its unit says, and those that no unit is without', async () => {
    putProcess(40, 'init', `0::/${GROUP}/payload\n`);
    const devicesWith = async (DevicePolicy: string, ...allowed: readonly (readonly string[])[]) => {
      const object = 'systemd_2dnspawn_40web_2eservice';
      const { context } = recordedBus({
        'GetAll Machine web': [machine],
        [`Get ${object} DevicePolicy`]: [DevicePolicy],
        [`Get ${object} DeviceAllow`]: [allowed],
      });
      return (await inspect(context, view(), 'web')).devices;
    };
    const closed = await devicesWith('closed', ['/dev/char/10:232', 'rw'], ['/dev/not-there', 'rw']);
    expect(closed).toEqual(expect.arrayContaining(['c 1:3 rwm', 'c 10:232 rw']));
    expect(await devicesWith('strict', ['/dev/null', 'r'])).toEqual(['c 1:3 r']);
    expect(await devicesWith('auto')).toEqual(['a']);
    write('proc/self/uid_map', '0 100000 65536\n');
    expect(await devicesWith('auto')).toBe(null);
  });

  it('is not running where machined has none of its name, or its init is gone', async () => {
    const missing = { code: 'not-running' };
    await expect(inspect(recordedBus({}).context, view(), 'web')).rejects.toMatchObject(missing);
    const gone = recordedBus({ 'GetAll Machine web': [machine] });
    await expect(inspect(gone.context, view(), 'web')).rejects.toMatchObject(missing);
  });
});
