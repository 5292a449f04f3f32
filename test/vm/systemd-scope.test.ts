/**
 * Machines on a host that systemd runs, in the scope that it delegates to us: what a person who sets nothing gets. These make groups
 * whose names are the real ones, so they run in the virtual machine alone (npm run test:vm).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { SCOPE_PARENT } from '../../src/backends/native/cgroups/systemd-scope.ts';
import { inThisProcess, shellHere } from '../setup/in-this-process.ts';
import { type HostRoot, withRoot } from '../setup/with-root.ts';

const host = withRoot();
/** With the group that a person has who names none. */
const asDefault: HostRoot = {
  ...host,
  env: { ...host.env, TSMACHINE_CGROUP_PARENT: '' },
  cli: (args, options) => host.cli(args, { ...options, env: { TSMACHINE_CGROUP_PARENT: undefined } }),
};
const { done } = inThisProcess(asDefault);
const systemctl = (...args: readonly string[]) =>
  execFileSync('systemctl', args, { encoding: 'utf8' }).trim();
const scope = `/sys/fs/cgroup/${SCOPE_PARENT}`;
const inScope = (path: string) => readFileSync(`${scope}/${path}`, 'utf8').trim();
const property = (name: string) => systemctl('show', '--property', name, '--value', 'tsmachine.scope');
const state = async (name: string) => JSON.parse(await done(['info', '--json', name])).machine.state;

afterEach(async () => {
  const { machines } = JSON.parse(await done(['list', '--json']));
  for (const { name } of machines) await done(['destroy', '--force', '--now', name]);
  await expect.poll(() => existsSync(scope)).toBe(false);
});

async function started(...names: readonly string[]): Promise<void> {
  for (const name of names) await done(['create', name, '-t', 'busybox']);
  await done(['start', ...names]);
}

describe('machines on a systemd host', () => {
  it('lie in a scope that is delegated to us, which ends with the last of them and is made anew', async () => {
    await started('a', 'b');
    expect(property('Delegate')).toBe('yes');
    expect(property('TasksMax')).toBe('infinity');
    expect(inScope('cgroup.procs')).toBe('');
    for (const name of ['a', 'b', 'monitors']) expect(existsSync(`${scope}/${name}`)).toBe(true);
    await done(['stop', 'a']);
    expect(systemctl('is-active', 'tsmachine.scope')).toBe('active');
    await done(['stop', 'b']);
    await expect.poll(() => existsSync(scope)).toBe(false);
    await done(['start', 'a']);
    expect(systemctl('is-active', 'tsmachine.scope')).toBe('active');
  });

  it('have the limits that they were given, and keep them when systemd reads its units again', async () => {
    await done(['create', 'bounded', '-t', 'busybox']);
    const limits = ['memory.max=32M', 'pids.max=40', 'cpu.max=50%'];
    await done(['set', 'bounded', ...limits]);
    await done(['start', 'bounded']);
    const read = () => ['memory.max', 'pids.max', 'cpu.max'].map((file) => inScope(`bounded/${file}`));
    const expected = [String(32 * 2 ** 20), '40', '50000 100000'];
    expect(read()).toEqual(expected);
    systemctl('daemon-reload');
    systemctl('daemon-reexec');
    expect(read()).toEqual(expected);
    expect(await state('bounded')).toBe('running');
  });

  it('lose the process that takes too much memory, and go on', async () => {
    await done(['create', 'hungry', '-t', 'busybox']);
    await done(['set', 'hungry', 'memory.max=32M']);
    await done(['start', 'hungry']);
    expect((await shellHere(asDefault, 'hungry', 'tail /dev/zero')).code).toBe(137);
    expect(inScope('hungry/memory.events')).toMatch(/^oom_kill [1-9]/m);
    expect(await state('hungry')).toBe('running');
  });

  it('share one scope when they are started at once by several commands', async () => {
    const names = ['one', 'two', 'three'];
    for (const name of names) await done(['create', name, '-t', 'busybox']);
    await Promise.all(names.map((name) => done(['start', name])));
    const groups = readdirSync(scope, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    expect(groups.map(({ name }) => name).sort()).toEqual([...names, 'monitors'].sort());
  });

  it('end when a person stops the scope, and can be started again', async () => {
    await started('web');
    systemctl('stop', 'tsmachine.scope');
    await expect.poll(() => state('web')).toBe('stopped');
    await done(['start', 'web']);
    expect(await state('web')).toBe('running');
  });

  it('are frozen, thawed and killed there', async () => {
    await started('web');
    await done(['freeze', 'web']);
    expect(inScope('web/cgroup.events')).toContain('frozen 1');
    await done(['unfreeze', 'web']);
    expect(inScope('web/cgroup.events')).toContain('frozen 0');
    await done(['kill', 'web']);
    await expect.poll(() => existsSync(`${scope}/web`)).toBe(false);
  });

  it('are what doctor expects of this host', async () => {
    const { findings } = JSON.parse(await done(['doctor', '--json']));
    expect(findings.filter(({ verdict }: { verdict: string }) => verdict === 'problem')).toEqual([]);
  });
});
