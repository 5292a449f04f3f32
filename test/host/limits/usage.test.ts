/** What is sampled of real machines, on the cgroup layout that this host has. */
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { patience } from '../../../scripts/test-patience.mjs';
import type { MachineHandle } from '../../../src/backends/backend.ts';
import type { CgroupLimits } from '../../../src/backends/limits.ts';
import { readGroupPlace } from '../../../src/backends/native/read-host-facts.ts';
import type { GroupSample, SampleScope, UsageSampler } from '../../../src/backends/usage.ts';
import { createNativeHost, type NativeHost, untilEnd } from '../native-machine.ts';

const MEBIBYTE = 1024 ** 2;
const frequently = { interval: 300 };

let host: NativeHost;
let sampler: UsageSampler | undefined;
beforeAll(() => {
  host = createNativeHost();
});
afterEach(() => {
  sampler?.close();
  sampler = undefined;
});
afterAll(() => host.remove());

async function started(name: string, limits: CgroupLimits = {}, change = {}): Promise<MachineHandle> {
  const machine = await host.create(name, { limits, ...change });
  await host.backend.start(machine);
  return machine;
}

async function open(scope: SampleScope = 'machines', few = false): Promise<UsageSampler> {
  sampler = await host.backend.openSampler({
    ...{ scope, rates: true, few },
    runDirectoryOf: (name) => `${host.root}/run/${name}`,
  });
  return sampler;
}

function find(samples: UsageSampler, name: string): GroupSample | undefined {
  return samples
    .sample()
    .groups.find(({ machine, path }) => machine === name && path.startsWith(host.parent));
}

function pidOf(machine: MachineHandle): number | undefined {
  const status = host.backend.status(machine);
  return 'pid' in status ? status.pid : undefined;
}

/** Empty if it was closed meanwhile: that of the listing itself. */
function linkOf(fd: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${fd}`);
  } catch {
    return '';
  }
}

/** Goes on until it is killed with the machine. */
function runOn(machine: MachineHandle, script: string): void {
  void host.run(machine, 'sh', '-c', script).catch(() => {});
}

describe('a machine that wants more processor time than cpu.max gives it', () => {
  it('uses its quota, and is throttled for the rest of the time', async () => {
    const machine = await started('busy', { 'cpu.max': { quotaUsec: 20_000, periodUsec: 100_000 } });
    runOn(machine, 'while :; do :; done');
    const samples = await open();
    // What two samples right after one another say of so short a time is left out.
    let last: GroupSample | undefined;
    const look = () => {
      last = find(samples, 'busy');
      return last?.usage.cpu.throttledShare ?? 0;
    };
    await expect.poll(look, frequently).toBeGreaterThan(0.4);
    const { cpu, pressure } = last?.usage ?? {};
    expect(cpu?.limitCores).toBe(0.2);
    expect(cpu?.cores).toBeGreaterThan(0);
    expect(cpu?.cores).toBeLessThan(0.5);
    expect(pressure?.cpu.some).toBeGreaterThan(0);
  });
});

describe('a machine whose memory does not hold what it reads again and again', () => {
  it('is near its limit, with cache apart from what processes have, and refaults', async () => {
    const limit = 24 * MEBIBYTE;
    const machine = await started('full', { 'memory.max': limit });
    runOn(
      machine,
      'dd if=/dev/zero of=/root/big bs=1M count=48 2>/dev/null; while :; do cat /root/big >/dev/null; done',
    );
    const samples = await open();
    await expect.poll(() => find(samples, 'full')?.usage.memory.refaults ?? 0, frequently).toBeGreaterThan(0);
    const { memory } = find(samples, 'full')?.usage ?? {};
    expect(memory?.limitBytes).toBe(limit);
    expect(memory?.bytes).toBeGreaterThan(limit / 2);
    expect(memory?.fileBytes).toBeGreaterThan(memory?.anonBytes ?? Number.POSITIVE_INFINITY);
  });
});

describe('a machine that comes or goes between two samples', () => {
  it('appears, and is gone, and nothing else is disturbed', async () => {
    const stays = await started('stays');
    const samples = await open();
    expect(find(samples, 'goes')).toBeUndefined();
    const goes = await started('goes');
    expect(find(samples, 'goes')?.usage.tasks.count).toBeGreaterThan(0);
    await host.backend.kill(goes);
    await untilEnd(host.backend, goes);
    expect(find(samples, 'goes')).toBeUndefined();
    expect(find(samples, 'stays')?.usage.cpu.cores).toBeGreaterThanOrEqual(0);
    expect(find(samples, 'stays')?.pid).toBe(pidOf(stays));
  });

  it('is said to start or to stop as its monitor wrote it, as soon as its processes are others', async () => {
    const machine = await started('phases');
    const samples = await open();
    expect(find(samples, 'phases')?.phase).toBe('running');
    const state = `${machine.runDirectory}/state`;
    const written = readFileSync(state, 'latin1');
    // What a monitor writes once init has ended; a true one is done a moment later.
    writeFileSync(`${state}.new`, written.replace('\0running\0', '\0stopping\0'), 'latin1');
    renameSync(`${state}.new`, state);
    runOn(machine, 'sleep 1000');
    await expect.poll(() => find(samples, 'phases')?.phase, frequently).toBe('stopping');
    writeFileSync(`${state}.new`, written, 'latin1');
    renameSync(`${state}.new`, state);
  });

  it.each([
    ['phoenix', 'of many', false],
    ['second-phoenix', 'of a few', true],
  ])(
    'is another one (%s) if it was started anew between samples %s: its counters begin at zero',
    async (name, _, few) => {
      const machine = await started(name);
      const samples = await open('machines', few);
      find(samples, name);
      await host.backend.kill(machine);
      await untilEnd(host.backend, machine);
      const { pid } = await host.backend.start(machine);
      // More than it had used before: that alone does not tell.
      await host.run(machine, 'sh', '-c', 'i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done');
      const first = find(samples, name);
      expect(first?.usage.cpu.cores).toBeNull();
      expect(first?.pid).toBe(pid);
      expect(find(samples, name)?.usage.cpu.cores).toBeGreaterThanOrEqual(0);
    },
  );

  it('is not kept alive by who looks: its network namespace is not held open', async () => {
    const machine = await started('netless');
    const samples = await open();
    find(samples, 'netless');
    const held = readdirSync('/proc/self/fd').map(linkOf);
    expect(held.filter((path) => /^\/proc\/\d+\/net/.test(path))).toEqual([]);
    await host.backend.kill(machine);
    await untilEnd(host.backend, machine);
  });
});

describe('a frozen machine', () => {
  it('is shown as frozen', async () => {
    const machine = await started('cold');
    const samples = await open();
    expect(find(samples, 'cold')?.frozen).toBe(false);
    await host.backend.freeze(machine, patience.poll);
    expect(find(samples, 'cold')?.frozen).toBe(true);
    await host.backend.unfreeze(machine, patience.poll);
  });
});

describe('the network of a machine', () => {
  it('is null while it has a loopback alone, and what passes its other interfaces then', async () => {
    const machine = await started('net');
    const samples = await open();
    expect(find(samples, 'net')?.usage.network).toEqual({ rxBytes: null, txBytes: null });
    const pid = pidOf(machine);
    const inside = (...words: readonly string[]) =>
      execFileSync('nsenter', ['--net', '--target', String(pid), 'ip', ...words]);
    inside('link', 'add', 'host0', 'type', 'veth', 'peer', 'name', 'peer0');
    inside('link', 'set', 'host0', 'up');
    inside('link', 'set', 'peer0', 'up');
    // Both ends announce themselves over IPv6.
    await expect.poll(() => find(samples, 'net')?.usage.network.rxBytes ?? 0, frequently).toBeGreaterThan(0);
  });
});

describe('the processes of a machine', () => {
  it('are told with their pids inside and outside, and what they use', async () => {
    const machine = await started('inside');
    runOn(machine, 'while :; do :; done');
    const samples = await open();
    const id = find(samples, 'inside')?.id ?? '';
    const pid = pidOf(machine);
    expect(samples.processes(id)).toContainEqual(expect.objectContaining({ pid, insidePid: 1, cores: null }));
    const busiest = () => Math.max(0, ...samples.processes(id).map(({ cores }) => cores ?? 0));
    await expect.poll(busiest, frequently).toBeGreaterThan(0.1);
    expect(samples.processes('nobody')).toEqual([]);
  });
});

describe('all groups of the host', () => {
  it('are a tree, with machines named, what lies in them, and monitors, and are only read', async () => {
    await started('outer');
    const samples = await open('host');
    const paths = samples
      .sample()
      .groups.filter(({ path }) => path.startsWith(host.parent))
      .map(({ path, machine }) => [path, machine]);
    expect(paths).toContainEqual([host.parent, null]);
    expect(paths).toContainEqual([`${host.parent}/outer`, 'outer']);
    expect(paths).toContainEqual([`${host.parent}/monitors`, null]);
    expect(paths.findIndex(([path]) => path === host.parent)).toBe(0);
  });

  it('name machines inside a machine too', async () => {
    await started('nest');
    const { layout } = readGroupPlace(host.parent);
    const within = `${layout.unified ?? layout.legacy['memory']}/${host.parent}/nest/tsmachine`;
    const groups = [within, `${within}/monitors`, `${within}/inner`];
    for (const group of groups) mkdirSync(group);
    const samples = await open('host');
    const { groups: found } = samples.sample();
    for (const group of groups.reverse()) rmdirSync(group);
    expect(found.find(({ path }) => path.endsWith('/nest/tsmachine/inner'))?.machine).toBe('inner');
    expect(found.find(({ path }) => path.endsWith('/nest/tsmachine'))?.machine).toBeNull();
  });
});
