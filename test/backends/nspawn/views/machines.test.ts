import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HostView } from '../../../../src/backends/nspawn/views/host-view.ts';
import { allMachines, findMachine, machineNames } from '../../../../src/backends/nspawn/views/machines.ts';
import { type Replies, recordedBus } from './recorded-bus.ts';

const UNSET = 0xffff_ffff_ffff_ffffn;
const HOST = ['.host', 'host', '', '/org/freedesktop/machine1/machine/_2ehost'];

const image = (name: string, type = 'directory', created = 1_700_000_000_000_000n) => [
  ...[name, type, false, created, 0n, UNSET],
  `/org/freedesktop/machine1/image/${name}`,
];
const unit = (name: string, active: string, sub: string) => [
  ...[name, 'Container', 'loaded', active, sub, '', '/org/freedesktop/systemd1/unit/x', 0, '', '/'],
];

/** org.freedesktop.machine1.Machine as systemd 247 and 252 have it. */
const machine = (name: string, leader: number, change: Readonly<Record<string, unknown>> = {}) => ({
  Name: name,
  Id: Buffer.alloc(16),
  Timestamp: 1_700_000_100_000_000n,
  TimestampMonotonic: 1n,
  Service: 'systemd-nspawn',
  Unit: `systemd-nspawn@${name}.service`,
  Leader: leader,
  Class: 'container',
  RootDirectory: `/var/lib/machines/${name}`,
  NetworkInterfaces: [],
  State: 'running',
  ...change,
});

/** What 255 and later have beside that. */
const newer = {
  VSockCID: 0xffff_ffff,
  SSHAddress: '',
  SSHPrivateKeyPath: '',
  LeaderPIDFDId: 77n,
  UID: 0,
  Subgroup: '',
};

let root: string;
let host: HostView;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'views-'));
  host = {
    layout: {
      kind: 'unified',
      unified: `${root}/cgroup`,
      unifiedControllers: ['memory', 'pids'],
      legacy: {},
    },
    procRoot: `${root}/proc`,
    imageFolders: [`${root}/etc`, `${root}/lib`],
  };
});
afterEach(() => rmSync(root, { recursive: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
}

function putProcess(pid: number, parent: number, group: string): void {
  write(`proc/${pid}/stat`, `${pid} (a) b) S ${parent} ${'0 '.repeat(17)}900 0`);
  write(`proc/${pid}/cgroup`, `0::/${group}\n`);
}

const all = (replies: Replies) => allMachines(recordedBus(replies).context, host);

describe('all machines', () => {
  it('are images and what runs, by name, without kept states, hidden images, virtual machines and the host', async () => {
    putProcess(40, 30, 'machine.slice/machine-by\\x2dhand.scope/payload');
    const replies = {
      ListImages: [
        [image('.host'), image('web'), image('web@b'), image('web@a'), image('.trash'), image('old')],
      ],
      ListMachines: [
        [
          HOST,
          ['by-hand', 'container', 'systemd-nspawn', '/o/by_2dhand'],
          ['vm', 'vm', 'libvirt-qemu', '/o/vm'],
        ],
      ],
      ListUnitsByPatterns: [[unit('machine-by\\x2dhand.scope', 'active', 'running')]],
      'GetAll Machine by_2dhand': [
        machine('by-hand', 40, { Unit: 'machine-by\\x2dhand.scope', RootDirectory: '/srv/tree', ...newer }),
      ],
    };
    const found = await all(replies);
    expect(found.map(({ name, status, keptStates }) => [name, status.state, keptStates])).toEqual([
      ['by-hand', 'running', []],
      ['old', 'stopped', []],
      ['web', 'stopped', ['a', 'b']],
    ]);
    expect(found[0]).toMatchObject({
      image: null,
      unit: 'machine-by\\x2dhand.scope',
      rootDirectory: '/srv/tree',
      status: { pid: 40, monitorPid: 30, startedAt: 1_700_000_100_000 },
    });
    expect(await machineNames(recordedBus(replies).context)).toEqual(['by-hand', 'old', 'web']);
  });

  it('are asked for in one round, however many images there are, and what runs in a second one', async () => {
    putProcess(40, 30, 'machine.slice/systemd-nspawn@on.service/payload');
    const replies = {
      ListImages: [Array.from({ length: 100 }, (_, index) => image(`m${index}`))],
      ListMachines: [[HOST]],
      ListUnitsByPatterns: [[]],
    };
    const atRest = recordedBus(replies);
    expect(await allMachines(atRest.context, host)).toHaveLength(100);
    expect(atRest.rounds.map((round) => [...round].sort())).toEqual([
      ['ListImages', 'ListMachines', 'ListUnitsByPatterns'],
    ]);
    const busy = recordedBus({
      ...replies,
      ListMachines: [
        [
          ['on', 'container', 'systemd-nspawn', '/o/on'],
          ['off', 'container', '', '/o/off'],
        ],
      ],
      'GetAll Machine on': [machine('on', 40)],
    });
    await allMachines(busy.context, host);
    expect(busy.rounds.map(({ length }) => length)).toEqual([3, 2]);
  });

  it('tell how those ended whose unit failed', async () => {
    const [web] = await all({
      ListImages: [[image('web')]],
      ListMachines: [[]],
      ListUnitsByPatterns: [[unit('systemd-nspawn@web.service', 'failed', 'failed')]],
      'Get systemd_2dnspawn_40web_2eservice MainPID': [0],
      'Get systemd_2dnspawn_40web_2eservice ExecMainCode': [2],
      'Get systemd_2dnspawn_40web_2eservice ExecMainStatus': [9],
      'Get systemd_2dnspawn_40web_2eservice ExecMainExitTimestamp': [1_700_000_200_000_000n],
      'Get systemd_2dnspawn_40web_2eservice ActiveEnterTimestamp': [1_700_000_100_000_000n],
    });
    expect(web?.status).toEqual({
      state: 'stopped',
      lastExit: { reason: 'signaled', code: 0, signal: 9, endedAt: 1_700_000_200_000 },
    });
  });

  it('are stopped, or none, when they ended while they were looked at', async () => {
    const gone = ['gone', 'container', 'systemd-nspawn', '/o/gone'];
    const found = await all({
      ListImages: [[image('web')]],
      ListMachines: [[['web', 'container', 'systemd-nspawn', '/o/web'], gone]],
      ListUnitsByPatterns: [[unit('systemd-nspawn@web.service', 'active', 'running')]],
    });
    expect(found.map(({ name, status }) => [name, status.state])).toEqual([['web', 'stopped']]);
  });

  it('have their images where machined finds them first', async () => {
    for (const path of ['etc/web', 'lib/web', 'lib/disk.raw']) write(`${path}/x`, '');
    const found = await all({
      ListImages: [[image('web', 'subvolume', 0n), image('disk', 'raw'), image('far')]],
      ListMachines: [[]],
      ListUnitsByPatterns: [[]],
    });
    expect(found.map(({ image: of }) => [of?.kind, of?.path, of?.createdAt])).toEqual([
      ['raw', `${root}/lib/disk.raw`, 1_700_000_000_000],
      ['directory', `${root}/etc/far`, 1_700_000_000_000],
      ['subvolume', `${root}/etc/web`, null],
    ]);
  });

  it('are frozen when the kernel says so of their group', async () => {
    const group = 'machine.slice/systemd-nspawn@web.service';
    putProcess(40, 30, `${group}/payload/init.scope`);
    write(`cgroup/${group}/cgroup.freeze`, '1\n');
    write(`cgroup/${group}/cgroup.events`, 'populated 1\nfrozen 1\n');
    const [web] = await all({
      ListImages: [[image('web')]],
      ListMachines: [[['web', 'container', 'systemd-nspawn', '/o/web']]],
      ListUnitsByPatterns: [[unit('systemd-nspawn@web.service', 'active', 'running')]],
      'GetAll Machine web': [machine('web', 40)],
    });
    expect(web?.status).toMatchObject({ state: 'frozen', pid: 40 });
  });
});

describe('one machine', () => {
  const rest = (name: string) => ({
    ListUnitsByNames: [[unit(`systemd-nspawn@${name}.service`, 'inactive', 'dead')]],
    Get: [0n],
  });

  it('is told of with what its image takes and may take', async () => {
    const { context, rounds } = recordedBus({
      ...rest('web'),
      'GetAll Image web': [
        {
          Name: 'web',
          Path: '/var/lib/machines/web',
          Type: 'subvolume',
          ReadOnly: true,
          CreationTimestamp: 0n,
          ModificationTimestamp: 0n,
          Usage: 4096n,
          Limit: UNSET,
          UsageExclusive: 1024n,
          LimitExclusive: UNSET,
        },
      ],
    });
    const found = await findMachine(context, host, 'web');
    expect(found?.image).toMatchObject({
      readOnly: true,
      usageBytes: 4096,
      exclusiveBytes: 1024,
      limitBytes: null,
    });
    expect(found?.status).toEqual({ state: 'stopped', lastExit: undefined });
    expect(rounds).toHaveLength(1);
  });

  it('is none where neither an image nor a machine is there', async () => {
    const { context } = recordedBus(rest('web'));
    expect(await findMachine(context, host, 'web')).toBe(undefined);
  });
});
