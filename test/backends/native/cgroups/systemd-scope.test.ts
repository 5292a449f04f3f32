import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readLayout } from '../../../../src/backends/native/cgroups/layout.ts';
import {
  chooseParent,
  holdScope,
  isScopeIn,
  isSystemdHost,
  startScopeArguments,
} from '../../../../src/backends/native/cgroups/systemd-scope.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'scope-'));
  mkdirSync(`${root}/proc/1`, { recursive: true });
  mkdirSync(`${root}/run/systemd/system`, { recursive: true });
});
afterEach(() => rmSync(root, { recursive: true }));

describe('the scope of a systemd host', () => {
  it('is wanted only where systemd is PID 1', () => {
    writeFileSync(`${root}/proc/1/comm`, 'systemd\n');
    expect(isSystemdHost(root)).toBe(true);
    writeFileSync(`${root}/proc/1/comm`, 'sleep\n');
    expect(isSystemdHost(root)).toBe(false);
  });

  it('yields to a parent that was set by hand', () => {
    expect(chooseParent('mine', true)).toBe('mine');
    expect(chooseParent(undefined, true)).toBe('machine.slice/tsmachine.scope');
    expect(chooseParent(undefined, false)).toBe('tsmachine');
  });

  it('is asked for delegated, in machine.slice, with this process in it', () => {
    const text = startScopeArguments(42).join(' ');
    expect(text).toContain('StartTransientUnit ssa(sv)a(sa(sv)) tsmachine.scope fail 5 ');
    expect(text).toContain('PIDs au 1 42 Delegate b true ');
    expect(text).toContain('Slice s machine.slice');
  });

  it('has no limit of tasks of its own: all machines share it', () => {
    expect(startScopeArguments(42).join(' ')).toMatch(/ TasksMax t 18446744073709551615 0$/);
  });

  it('is recognised in /proc/PID/cgroup of v2 and of v1', () => {
    expect(isScopeIn('0::/machine.slice/tsmachine.scope\n')).toBe(true);
    expect(isScopeIn('4:memory:/machine.slice/tsmachine.scope\n0::/user.slice\n')).toBe(true);
    expect(isScopeIn('0::/user.slice/user-0.slice/session-1.scope\n')).toBe(false);
  });
});

describe('a start under systemd', () => {
  const layout = () =>
    readLayout(
      `30 23 0:26 / ${root}/cg rw - cgroup2 cgroup2 rw`,
      () => ['memory'],
      () => ({ cpus: '', mems: '' }),
    );
  const scope = () => `${root}/cg/machine.slice/tsmachine.scope`;
  const path = process.env['PATH'];
  afterEach(() => {
    process.env['PATH'] = path;
  });

  /** Stands in for the system's; $pid is who is to be put into the scope. */
  const installBusctl = (script: string) => {
    mkdirSync(`${root}/bin`);
    const text = `#!/bin/sh\nprintf '%s\\n' "$*" >>${root}/calls\nfor pid; do [ "$last" = 1 ] && break; last=$pid; done\n${script}`;
    writeFileSync(`${root}/bin/busctl`, text, { mode: 0o755 });
    process.env['PATH'] = `${root}/bin:${path}`;
  };
  const populated = () => `mkdir -p ${scope()}; echo 'populated 1' >${scope()}/cgroup.events`;
  const inScope = () =>
    `mkdir -p ${root}/proc/$pid; echo 0::/machine.slice/tsmachine.scope >${root}/proc/$pid/cgroup`;
  const heldBy = () => Number(readFileSync(`${scope()}/monitors/cgroup.procs`, 'utf8'));
  const isGone = (pid: number) => !existsSync(`/proc/${pid}`);

  it('keeps a scope that is there by a process of its own, and asks systemd for nothing', async () => {
    installBusctl('exit 1');
    mkdirSync(scope(), { recursive: true });
    writeFileSync(`${scope()}/cgroup.events`, 'populated 1\n');
    const release = await holdScope(layout(), `${root}/proc`);
    const holder = heldBy();
    expect(holder).not.toBe(process.pid);
    expect(isGone(holder)).toBe(false);
    expect(existsSync(`${root}/calls`)).toBe(false);
    release();
    await expect.poll(() => isGone(holder)).toBe(true);
  });

  it('asks for the scope when there is none, and moves that process to the leaf of the monitors', async () => {
    installBusctl(`${populated()}; ${inScope()}`);
    const release = await holdScope(layout(), `${root}/proc`);
    expect(readFileSync(`${root}/calls`, 'utf8')).toContain(`PIDs au 1 ${heldBy()} `);
    release();
  });

  it('waits for a scope that another start makes', async () => {
    installBusctl(`${populated()}; echo 'Unit tsmachine.scope was already loaded' >&2; exit 1`);
    const release = await holdScope(layout(), `${root}/proc`);
    expect(isGone(heldBy())).toBe(false);
    release();
  });

  it('on v1 finds the scope where systemd counts, and makes the groups that systemd left out', async () => {
    installBusctl('exit 1');
    mkdirSync(`${root}/systemd/machine.slice/tsmachine.scope`, { recursive: true });
    mkdirSync(`${root}/freezer`);
    const mounts = ['systemd rw,name=systemd', 'freezer rw,freezer']
      .map((one) => one.split(' '))
      .map(([name, options]) => `30 23 0:26 / ${root}/${name} rw - cgroup cgroup ${options}`);
    const release = await holdScope(readLayout(mounts.join('\n')), `${root}/proc`);
    for (const name of ['systemd', 'freezer'])
      expect(existsSync(`${root}/${name}/machine.slice/tsmachine.scope/monitors/cgroup.procs`)).toBe(true);
    release();
  });

  it('says what systemd said when it refuses', async () => {
    installBusctl('echo Access denied >&2; exit 1');
    await expect(holdScope(layout(), `${root}/proc`)).rejects.toThrow(/tsmachine.scope: Access denied/);
  });
});
