/** The guard of devices, in v1's lists or v2's program, whichever this host has: in privileged machines, whose root makes any node. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MachineHandle, MachineSpec } from '../../../src/backends/backend.ts';
import type { CgroupLimits } from '../../../src/backends/limits.ts';
import { createNativeHost, type NativeHost } from '../native-machine.ts';

/** /dev/loop-control: every kernel with these tests has it, no right is needed to open it, and opening it does nothing. */
const LOOP_CONTROL = { name: 'c 10:237', node: 'c 10 237' };
const REFUSED = 'Operation not permitted';

let host: NativeHost;
beforeAll(() => {
  host = createNativeHost();
});
afterAll(() => host.remove());

let count = 0;
async function started(change: Partial<MachineSpec> = {}): Promise<MachineHandle> {
  count += 1;
  const machine = await host.create(`devices${count}`, change);
  await host.backend.start(machine);
  return machine;
}

const privileged = (limits: CgroupLimits = {}) => started({ privileged: true, idRange: undefined, limits });

/** Returns the machine as it is then. */
function set(machine: MachineHandle, limits: CgroupLimits, ...others: readonly 'pids.max'[]): MachineHandle {
  host.backend.changeLimits(machine, limits, ['devices.allow', ...others]);
  return { ...machine, spec: { ...machine.spec, limits } };
}

/** What a shell in the machine says when it opens a node: nothing if it can. */
async function opening(machine: MachineHandle, how: '<' | '<>', path: string): Promise<string> {
  const { stderr } = await host.run(machine, 'sh', '-c', `exec 3${how}${path}`);
  return stderr.toString();
}

async function makeNode(machine: MachineHandle, path: string, node: string): Promise<void> {
  const { exitCode, stderr } = await host.run(machine, 'sh', '-c', `mknod -m 666 ${path} ${node}`);
  expect(stderr.toString()).toBe('');
  expect(exitCode).toBe(0);
}

describe('a privileged machine', () => {
  it('makes any node, and opens none that is not allowed', async () => {
    const machine = await privileged();
    await makeNode(machine, '/loop', LOOP_CONTROL.node);
    await makeNode(machine, '/disk', 'b 7 0');
    expect(await opening(machine, '<', '/loop')).toContain(REFUSED);
    expect(await opening(machine, '<', '/disk')).toContain(REFUSED);
  });

  it('uses what every machine may: the nodes that are put into its /dev', async () => {
    const machine = await privileged();
    const nodes = ['null', 'zero', 'full', 'random', 'urandom', 'ptmx', 'pts/0', 'console'];
    for (const node of nodes) expect(await opening(machine, '<>', `/dev/${node}`), node).toBe('');
    for (const node of ['net/tun', 'fuse']) {
      const { exitCode } = await host.run(machine, 'test', '-c', `/dev/${node}`);
      if (exitCode === 0) expect(await opening(machine, '<>', `/dev/${node}`), node).not.toContain(REFUSED);
    }
    await makeNode(machine, '/again', 'c 1 3');
    expect(await opening(machine, '<>', '/again')).toBe('');
  });

  it('opens what it is started with, and what is set while it runs, and no longer when that is taken away', async () => {
    let machine = await privileged({ 'devices.allow': { [LOOP_CONTROL.name]: 'r' } });
    await makeNode(machine, '/loop', LOOP_CONTROL.node);
    expect(await opening(machine, '<', '/loop')).toBe('');
    expect(await opening(machine, '<>', '/loop')).toContain(REFUSED);
    machine = set(machine, { 'devices.allow': { '/dev/loop-control': 'rw' } });
    expect(await opening(machine, '<>', '/loop')).toBe('');
    machine = set(machine, {});
    expect(await opening(machine, '<', '/loop')).toContain(REFUSED);
    machine = set(machine, { 'devices.allow': { 'char-m*sc': 'rw' } });
    expect(await opening(machine, '<', '/loop')).toBe('');
    machine = set(machine, {});
    expect(await opening(machine, '<', '/loop')).toContain(REFUSED);
    expect(await opening(machine, '<', '/dev/null')).toBe('');
  });

  it('opens everything with a, also while it runs', async () => {
    let machine = await privileged({ 'devices.allow': { a: 'rwm' } });
    await makeNode(machine, '/loop', LOOP_CONTROL.node);
    expect(await opening(machine, '<', '/loop')).toBe('');
    expect(host.backend.limitsInForce(machine)?.different).toEqual([]);
    machine = set(machine, {});
    expect(await opening(machine, '<', '/loop')).toContain(REFUSED);
    machine = set(machine, { 'devices.allow': { a: 'rwm' } });
    expect(await opening(machine, '<', '/loop')).toBe('');
  });
});

describe('a change of devices and other limits', () => {
  it('changes none if a device is not there, and names it', async () => {
    const machine = await started({ limits: { 'pids.max': 100 } });
    const wrong: CgroupLimits = { 'pids.max': 50, 'devices.allow': { '/dev/no-such': 'rwm' } };
    expect(() => set(machine, wrong, 'pids.max')).toThrow(/this host has no device \/dev\/no-such/);
    expect(host.backend.limitsInForce(machine)?.different).toEqual([]);
  });

  it('changes none if the kernel refuses another limit', async () => {
    const machine = await privileged();
    await makeNode(machine, '/loop', LOOP_CONTROL.node);
    const wrong: CgroupLimits = { 'cpuset.cpus': '4000', 'devices.allow': { [LOOP_CONTROL.name]: 'rwm' } };
    expect(() => host.backend.changeLimits(machine, wrong, ['devices.allow', 'cpuset.cpus'])).toThrow(
      /cpuset\.cpus/,
    );
    expect(await opening(machine, '<', '/loop')).toContain(REFUSED);
    expect(host.backend.limitsInForce(machine)?.different).toEqual([]);
  });
});

describe('what is in force', () => {
  it('is told apart from what somebody else changed', async () => {
    const machine = await privileged({ 'devices.allow': { '/dev/loop-control': 'rw' } });
    expect(host.backend.limitsInForce(machine)).toMatchObject({
      limits: { 'devices.allow': { '/dev/loop-control': 'rw' } },
      different: [],
    });
    // As a command that died after it changed the kernel leaves it.
    host.backend.changeLimits(machine, { 'devices.allow': { 'c 1:11': 'r' } }, ['devices.allow']);
    expect(host.backend.limitsInForce(machine)).toMatchObject({
      limits: { 'devices.allow': { '/dev/loop-control': '', 'c 1:11': 'r' } },
      different: ['devices.allow'],
    });
    host.backend.changeLimits(machine, machine.spec.limits, ['devices.allow']);
    expect(host.backend.limitsInForce(machine)?.different).toEqual([]);
  });
});

describe('what is looked at', () => {
  it('has the rules that are loaded, those of now, and one word for all', async () => {
    const machine = await privileged({ 'devices.allow': { '/dev/loop-control': 'rw' } });
    const loaded = async () => (await host.backend.inspect(machine)).devices ?? [];
    expect(await loaded()).toEqual(expect.arrayContaining(['c 1:3 rwm', 'b *:* m']));
    // Making nodes is allowed of any device, and a rule allows an access whole.
    expect(await loaded()).toContainEqual(expect.stringMatching(new RegExp(`^${LOOP_CONTROL.name} rwm?$`)));
    set(machine, {});
    expect((await loaded()).filter((rule) => rule.startsWith(LOOP_CONTROL.name))).toEqual([]);
    set(machine, { 'devices.allow': { a: 'rwm' } });
    expect(await loaded()).toEqual(['a']);
  });
});

describe('a bind', () => {
  it('of a node, or of a directory with its nodes, makes them usable without another word', async () => {
    const folder = join(host.root, 'nodes');
    mkdirSync(join(folder, 'below'), { recursive: true });
    execFileSync('mknod', ['-m', '0666', join(folder, 'below', 'loop'), ...LOOP_CONTROL.node.split(' ')]);
    execFileSync('mknod', ['-m', '0666', join(folder, 'loop'), ...LOOP_CONTROL.node.split(' ')]);
    const node = { source: join(folder, 'loop'), path: '/mnt/node', readOnly: false };
    const machine = await started({ binds: [node] });
    expect(await opening(machine, '<>', '/mnt/node')).toBe('');
    const all = { source: folder, path: '/mnt/nodes', readOnly: true, devices: true };
    const other = await started({ binds: [all] });
    expect(await opening(other, '<', '/mnt/nodes/below/loop')).toBe('');
    expect(await opening(other, '<>', '/mnt/nodes/below/loop')).not.toBe('');
    // A change of other devices leaves it.
    set(other, { 'devices.allow': { 'c 1:11': 'r' } });
    expect(await opening(other, '<', '/mnt/nodes/below/loop')).toBe('');
    expect(host.backend.limitsInForce(machine)?.different).toEqual([]);
  });
});
