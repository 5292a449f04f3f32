import { describe, expect, it } from 'vitest';
import type { Inspection, Mount } from '../../src/backends/inspection.ts';
import { MachineError } from '../../src/machines/errors.ts';
import type { MachineDetails } from '../../src/machines/machines.ts';
import { run, snapshot, summary } from './stub-machines.ts';

const config = {
  storage: { driver: 'btrfs', layers: ['base'] },
  idRange: { base: 100000, count: 65536 },
  limits: { 'memory.max': 2 ** 29, 'cpu.weight': 50 },
} as unknown as MachineDetails['config'];
const details = (snapshots: number): MachineDetails => ({
  ...summary('web', { snapshots }),
  config,
  lastExit: null,
  restart: null,
  firstBoot: null,
  problem: null,
  managed: null,
});
const machines = {
  info: async () => details(2),
  inspect: async () => null,
  layerSizes: async () => [{ id: 'base', bytes: 4096 }],
  settings: async () => ({ 'memory.max': '512M', 'cpu.weight': '50', hostname: '' }),
  diskUsage: async () => ({ ownBytes: 2048, sharedBytes: 1024 }),
  snapshots: async () => [snapshot('fresh', { current: true }), snapshot('later', { parent: 'fresh' })],
};

const mount = (path: string, type: string, more: Partial<Mount> = {}): Mount => ({
  path,
  root: '/',
  type,
  source: type,
  options: ['rw', 'relatime'],
  superOptions: ['rw'],
  ...more,
});
const inspection: Inspection = {
  namespaces: { user: 4026531837, net: 4026532411 },
  sharedNamespaces: ['user'],
  cgroups: ['/sys/fs/cgroup/tsmachine/web', '/sys/fs/cgroup/systemd/tsmachine/web'],
  controllers: {
    unified: '/sys/fs/cgroup/tsmachine/web',
    memory: '/sys/fs/cgroup/tsmachine/web',
    pids: '/sys/fs/cgroup/tsmachine/web',
  },
  idMap: ['uid 0 100000 65536', 'gid 1000 1000 1'],
  layers: ['/layers/base/fs'],
  capabilities: ['chown', 'kill'],
  capabilitySets: {
    effective: ['chown', 'kill'],
    permitted: ['chown'],
    bounding: ['chown', 'kill'],
    inheritable: [],
    ambient: [],
  },
  seccomp: 'filter (1 loaded)',
  noNewPrivileges: true,
  securityLabel: { module: 'apparmor', label: 'tsmachine (enforce)' },
  devices: ['c 1:3 rwm', 'c 1:5 rwm', 'c *:* m', 'b *:* m'],
  mounts: [
    mount('/', 'overlay'),
    mount('/srv/a very long path of a bind', 'ext4', { source: '/dev/vda', root: '/data' }),
    mount('/proc/kcore', 'devtmpfs', { root: '/null' }),
    mount('/sys/firmware', 'tmpfs', { options: ['ro'] }),
    mount('/proc/sys/vm', 'proc', { root: '/sys/vm', options: ['ro'] }),
  ],
  listening: [
    { protocol: 'tcp', address: '0.0.0.0', port: 80, process: { pid: 4711, insidePid: 12, name: 'nginx' } },
    { protocol: 'udp6', address: '::1', port: 53, process: null },
  ],
  limitsInForce: { 'memory.max': 512 * 2 ** 20, 'memory.swap.max': 'max', 'pids.max': 200 },
  swapBytes: 0,
  throttling: { periods: 40, throttledPeriods: 12, throttledUsec: 500_000 },
  oomKills: 2,
  rlimits: {
    core: { soft: 0, hard: 'unlimited' },
    cpu: { soft: 'unlimited', hard: 'unlimited' },
    nofile: { soft: 1024, hard: 1024 },
  },
  oom: { score: 666, adjustment: 0 },
  monitorPid: 4700,
  monitorClients: 1,
  incomplete: ['listening'],
};
const running = {
  ...machines,
  info: async (): Promise<MachineDetails> => ({
    ...details(0),
    state: 'running',
    createdAt: new Date(Date.now() - 1000).toISOString(),
    pid: 4710,
    memoryBytes: 120 * 2 ** 20,
    cpuUsec: 1_500_000,
    tasks: 12,
  }),
  inspect: async () => inspection,
};

describe('info', () => {
  it('tells which devices the kernel lets it use, by kind and access', async () => {
    const { stdout } = await run(['info', 'web'], { machines: running });
    expect(stdout).toMatch(/^Devices: .*\n {2}char rwm +1:3 1:5\n {2}char m +\*:\*\n {2}block m +\*:\*$/m);
    const json = JSON.parse((await run(['info', 'web', '--json'], { machines: running })).stdout);
    expect(json.machine.inspection.devices).toContain('c 1:3 rwm');
  });

  it('tells where the files are kept, what they take, and what they go on from', async () => {
    const { stdout } = await run(['info', 'web'], { machines });
    expect(stdout).toContain(
      '  storage       btrfs\n  disk          2.0 KiB own, 1.0 KiB shared\n  snapshots     2\n' +
        '  goes on from  fresh\n  layers        base  4.0 KiB\n',
    );
    const json = JSON.parse((await run(['info', 'web', '--json'], { machines })).stdout);
    expect(json.machine).toMatchObject({
      disk: { ownBytes: 2048, sharedBytes: 1024 },
      snapshots: 2,
      currentSnapshot: 'fresh',
    });
  });

  it('tells the rest where the disk cannot be asked', async () => {
    const unreadable = async () => {
      throw new MachineError('failed', 'I/O error');
    };
    const without = {
      ...machines,
      info: async () => details(0),
      diskUsage: unreadable,
      layerSizes: unreadable,
    };
    const { stdout } = await run(['info', 'web'], { machines: without });
    expect(stdout).toContain('  storage    btrfs\n  snapshots  0\n  layers     base\n');
    const json = JSON.parse((await run(['info', 'web', '--json'], { machines: without })).stdout);
    expect(json.machine).toMatchObject({
      disk: null,
      currentSnapshot: null,
      layers: [{ id: 'base', bytes: null }],
    });
  });

  it('shows of a machine that does not run what is stored', async () => {
    const { stdout } = await run(['info', 'web'], { machines });
    expect(stdout).toContain('  memory      at most 512 MiB\n  cpu.weight  50\n');
    expect(stdout).toContain('  uid  0 to 65535 inside are 100000 to 165535 outside\n');
    const json = JSON.parse((await run(['info', 'web', '--json'], { machines })).stdout);
    expect(json.machine.inspection).toBeNull();
    expect(json.machine.limits[0]).toEqual({ name: 'memory.max', unit: 'bytes', used: null, limit: 2 ** 29 });
  });

  it('shows how a running machine is made, section by section, within 80 columns', async () => {
    const { stdout } = await run(['info', 'web'], { machines: running });
    const timeless = stdout.replace(/(created +).*/, '$1TIME');
    await expect(timeless).toMatchFileSnapshot('../golden/info-running.txt');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).not.toContain('\x1b');
  });

  it('shows of a machine that a manager keeps its unit, its image and its system', async () => {
    const kept: MachineDetails = {
      ...details(1),
      ...summary('web', { backend: 'nspawn', template: '', state: 'running', pid: 400, snapshots: 1 }),
      addresses: ['10.0.0.7', '2001:db8::7'],
      startedAt: null,
      managed: {
        unit: 'systemd-nspawn@web.service',
        service: 'systemd-nspawn',
        image: { path: '/var/lib/machines/web', kind: 'subvolume', readOnly: true },
        rootDirectory: '/var/lib/machines/web',
        system: 'Debian GNU/Linux 12 \x1b[1m(bookworm)',
      },
    };
    const shown = {
      ...machines,
      info: async () => kept,
      inspect: async () => ({ ...inspection, layers: [], monitorPid: 390, monitorClients: null }),
      layerSizes: async () => [],
    };
    const { stdout } = await run(['info', 'web'], { machines: shown });
    const timeless = stdout.replace(/(created +).*/, '$1TIME');
    await expect(timeless).toMatchFileSnapshot('../golden/info-managed.txt');
    const down = {
      ...shown,
      info: async () => ({ ...kept, state: 'stopped' as const }),
      inspect: async () => null,
    };
    // What ids it gets, systemd-nspawn settles when it starts.
    expect((await run(['info', 'web'], { machines: down })).stdout).not.toContain('\nIds');
  });

  it('is coloured on a terminal alone', async () => {
    const { stdout } = await run(['info', 'web'], { machines: running, terminal: true });
    expect(stdout).toContain('\x1b[1mNamespaces\x1b[22m');
  });

  it('gives all that it shows as JSON', async () => {
    const json = JSON.parse((await run(['info', 'web', '--json'], { machines: running })).stdout);
    expect(json.machine.inspection).toEqual(inspection);
    expect(json.machine.limits).toContainEqual({
      name: 'memory.max',
      unit: 'bytes',
      used: 120 * 2 ** 20,
      limit: 512 * 2 ** 20,
    });
  });
});
