import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { patience } from '../../scripts/test-patience.mjs';
import type { MachineHandle } from '../../src/backends/backend.ts';
import { createNativeHost, type NativeHost, untilEnd } from './native-machine.ts';

let host: NativeHost;
beforeAll(() => {
  host = createNativeHost();
});
afterAll(() => host.remove());

let number = 0;
let machine: MachineHandle;
const booted = async () => {
  machine = await host.create(`life${++number}`);
  await host.backend.start(machine);
  return machine;
};
const state = () => host.backend.status(machine).state;
const log = async () => (await host.backend.readConsoleLog(machine)).toString();

afterEach(async () => {
  await host.backend.kill(machine);
  await untilEnd(host.backend, machine);
});

describe('a machine of the native backend', () => {
  it('boots, says so on its console, and is halted by its own signal', async () => {
    machine = await host.create(`life${++number}`);
    expect(state()).toBe('stopped');
    const { pid, monitorPid } = await host.backend.start(machine);
    expect(host.backend.status(machine)).toMatchObject({ state: 'running', pid, monitorPid });
    await expect.poll(log).toContain('booted');
    await host.backend.signal(machine, 'halt');
    const exit = await untilEnd(host.backend, machine);
    expect(exit?.reason).toBe('halt');
    expect(host.backend.status(machine)).toEqual({ state: 'stopped', lastExit: exit });
    expect(existsSync(machine.runDirectory)).toBe(false);
  });

  it('cannot be started twice', async () => {
    await booted();
    await expect(host.backend.start(machine)).rejects.toMatchObject({ code: 'already-running' });
    expect(state()).toBe('running');
  });

  it('ends at once when it is killed, with all its processes', async () => {
    await booted();
    await host.run(machine, 'sh', '-c', 'sleep 1000 >/dev/null 2>&1 & sleep 1000 >/dev/null 2>&1 &');
    await host.backend.kill(machine);
    const exit = await untilEnd(host.backend, machine);
    expect(exit).toMatchObject({ reason: 'signaled', signal: 9 });
  });

  it('is frozen when the kernel says so, takes no commands then, and goes on when thawed', async () => {
    await booted();
    await host.backend.freeze(machine, patience.poll);
    expect(state()).toBe('frozen');
    await expect(host.run(machine, 'true')).rejects.toMatchObject({ code: 'frozen' });
    await host.backend.unfreeze(machine, patience.poll);
    expect(state()).toBe('running');
    expect((await host.run(machine, 'true')).exitCode).toBe(0);
  });

  it('dies with its monitor, is then shown as stopped, and starts again', async () => {
    machine = await host.create(`life${++number}`);
    const { monitorPid } = await host.backend.start(machine);
    const ending = untilEnd(host.backend, machine);
    process.kill(monitorPid, 'SIGKILL');
    expect(await ending).toMatchObject({ reason: 'monitor-lost' });
    await expect.poll(state).toBe('stopped');
    await host.backend.start(machine);
    expect(host.backend.lastExit(machine)).toMatchObject({ reason: 'monitor-lost' });
    expect(state()).toBe('running');
  });

  it('is cleaned up after a lost monitor by collect', async () => {
    machine = await host.create(`life${++number}`);
    const { monitorPid } = await host.backend.start(machine);
    process.kill(monitorPid, 'SIGKILL');
    await expect.poll(state).toBe('stopped');
    await host.backend.collect(machine);
    expect(existsSync(machine.runDirectory)).toBe(false);
    const { cgroups } = await host.backend.inspect(machine);
    expect(cgroups.length).toBeGreaterThan(0);
    expect(cgroups.filter((path) => existsSync(path))).toEqual([]);
  });

  it('takes its own groups along when it ends, and none that others share: they may be about to make theirs there', async () => {
    await booted();
    const { cgroups } = await host.backend.inspect(machine);
    await host.backend.kill(machine);
    await untilEnd(host.backend, machine);
    expect(cgroups.filter((path) => existsSync(path))).toEqual([]);
    expect(cgroups.map((path) => dirname(path)).filter((path) => !existsSync(path))).toEqual([]);
  });

  it('starts in fresh groups, whatever an earlier run left of them', async () => {
    machine = await host.create(`life${++number}`);
    for (const group of (await host.backend.inspect(machine)).cgroups) {
      mkdirSync(`${group}/below`, { recursive: true });
      // The kernel kills who is born in a group that was killed before.
      if (existsSync(`${group}/cgroup.kill`)) writeFileSync(`${group}/cgroup.kill`, '1');
    }
    await host.backend.start(machine);
    expect(state()).toBe('running');
    expect((await host.run(machine, 'true')).exitCode).toBe(0);
  });

  it('is not taken for a leftover by another root that shares its groups', async () => {
    await booted();
    const elsewhere = { ...machine, directory: `${host.root}/other`, runDirectory: `${host.root}/other-run` };
    expect(host.backend.status(elsewhere).state).toBe('error');
    await expect(host.backend.collect(elsewhere)).rejects.toMatchObject({ code: 'busy' });
    await expect(host.backend.start(elsewhere)).rejects.toMatchObject({ code: 'busy' });
    expect(state()).toBe('running');
  });

  it('is limited and measured in the names of cgroup v2', async () => {
    machine = await host.create(`life${++number}`, {
      limits: {
        'memory.max': 64 * 1024 * 1024,
        'cpu.max': { quotaUsec: 50_000, periodUsec: 100_000 },
        'pids.max': 50,
      },
    });
    await host.backend.start(machine);
    await host.run(machine, 'sh', '-c', 'i=0; while [ $i -lt 10000 ]; do i=$((i+1)); done');
    const usage = host.backend.usage(machine);
    expect(usage.tasks).toBeGreaterThan(0);
    expect(usage.tasks).toBeLessThan(50);
    expect(usage.memoryBytes).toBeGreaterThan(0);
    expect(usage.cpuUsec).toBeGreaterThan(0);
    const forks = await host.run(machine, 'sh', '-c', 'for i in $(seq 100); do sleep 5 & done; exit 0');
    expect(forks.stderr.toString()).toContain("can't fork");
  });

  it('is described as the kernel has it', async () => {
    await booted();
    const found = await host.backend.inspect(machine);
    expect(Object.keys(found.namespaces)).toEqual(
      expect.arrayContaining(['user', 'mnt', 'pid', 'net', 'uts', 'ipc', 'cgroup', 'time']),
    );
    expect(found.idMap).toContain(`uid 0 ${machine.spec.idRange?.base} 65536`);
    expect(found.capabilities).toContain('chown');
    expect(found.capabilities).not.toContain('sys_module');
    expect(found.seccomp).toMatch(/^filter/);
    expect(found.sharedNamespaces).toEqual([]);
    expect(found.capabilitySets).toMatchObject({ effective: found.capabilities, ambient: [] });
    expect(found.mounts).toContainEqual(expect.objectContaining({ path: '/', type: 'overlay' }));
    expect(found.mounts).toContainEqual(expect.objectContaining({ path: '/proc/keys', root: '/null' }));
    expect(found.rlimits['core']).toEqual({ soft: 0, hard: 'unlimited' });
    expect(found).toMatchObject({ noNewPrivileges: false, monitorClients: 0, incomplete: [] });
    for (const directory of Object.values(found.controllers)) expect(existsSync(directory)).toBe(true);
  });

  it('tells what listens in it, and which of its processes does', async () => {
    await booted();
    await host.run(machine, 'sh', '-c', 'nc -l -p 8080 -e cat >/dev/null 2>&1 &');
    const sockets = async () => (await host.backend.inspect(machine)).listening;
    await expect.poll(sockets).toHaveLength(1);
    const [socket] = await sockets();
    expect(socket).toMatchObject({ port: 8080, process: { name: expect.stringMatching(/^(nc|busybox)$/) } });
    const status = readFileSync(`/proc/${socket?.process?.pid}/status`, 'utf8');
    expect(status).toMatch(
      new RegExp(`^NSpid:\\s+${socket?.process?.pid}\\s+${socket?.process?.insidePid}$`, 'm'),
    );
  });

  it('tells who is at its console', async () => {
    await booted();
    const console = await host.backend.attachConsole(machine, { input: true, replayBytes: 0 });
    expect((await host.backend.inspect(machine)).monitorClients).toBe(1);
    console.close();
  });

  it('is told to share the user namespace of the host where it is privileged', async () => {
    machine = await host.create(`life${++number}`, { privileged: true });
    await host.backend.start(machine);
    expect((await host.backend.inspect(machine)).sharedNamespaces).toEqual(['user']);
  });

  it('names the step of a start that fails, and leaves nothing of it', async () => {
    machine = await host.create(`life${++number}`, {
      init: {
        argv: ['/no/init'],
        environment: {},
        workingDirectory: '/',
        user: { uid: 0, gid: 0, groups: [] },
      },
    });
    await expect(host.backend.start(machine)).rejects.toMatchObject({
      code: 'launch-failed',
      step: { section: 'inside', operation: 'exec' },
      errno: 'ENOENT',
      path: '/no/init',
      hint: expect.stringContaining('no such init'),
    });
    expect(existsSync(machine.runDirectory)).toBe(false);
    const { cgroups } = await host.backend.inspect(machine);
    expect(cgroups.filter((path) => existsSync(path))).toEqual([]);
  });

  it('reboots through a full teardown under the same monitor, when policy says so', async () => {
    const again = createNativeHost(['/bin/sh', '-c', 'exit 10']);
    const rebooting = await again.create('rebooting');
    const before = await again.backend.start(rebooting);
    await expect
      .poll(async () => (await again.backend.readConsoleLog(rebooting)).toString())
      .toContain('booted');
    await again.backend.signal(rebooting, 'reboot');
    await expect
      .poll(() => again.backend.status(rebooting), { interval: 20 })
      .toMatchObject({ state: 'running', pid: expect.not.toSatisfy((pid) => pid === before.pid) });
    expect(again.backend.status(rebooting)).toMatchObject({ monitorPid: before.monitorPid });
    const { monitorPid } = before;
    process.kill(monitorPid, 'SIGKILL');
    await again.remove();
    machine = await host.create(`life${++number}`);
    expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(again.root);
  });
});
