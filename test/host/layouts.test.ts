/** The whole life of a machine where cgroups of one kind alone are mounted, seen from a mount namespace of such a kind. */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { groupDirectories } from '../../src/backends/native/cgroups/groups.ts';
import { readLayout } from '../../src/backends/native/cgroups/layout.ts';
import { readStateFile } from '../../src/backends/native/life/state-file.ts';
import { builtCli, type CliResult, collect } from '../setup/run-cli.ts';
import { withRoot } from '../setup/with-root.ts';

const host = withRoot();
const layout = readLayout(readFileSync('/proc/self/mountinfo', 'utf8'));
const isHybrid = layout.kind === 'hybrid';
const reason = isHybrid ? '' : ` (not here: this host has one kind alone, on which all host tests run)`;

/** At the end the v2 tree lies where it does on hosts that have no other. */
const scripts = {
  v1: 'umount "$UNIFIED"',
  v2: 'mount --bind "$UNIFIED" /mnt && umount -l /sys/fs/cgroup && mount --move /mnt /sys/fs/cgroup',
} as const;

type Kind = keyof typeof scripts;

function cliOn(kind: Kind, ...args: readonly string[]): Promise<CliResult> {
  const script = `set -e; ${scripts[kind]}; exec "$0" "$@"`;
  const argv = [
    '--mount',
    '--propagation',
    'private',
    'sh',
    '-c',
    script,
    process.execPath,
    builtCli,
    ...args,
  ];
  const env = { ...process.env, ...host.env, UNIFIED: layout.unified };
  return collect(spawn('unshare', argv, { env, stdio: 'pipe' }));
}

async function doneOn(kind: Kind, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cliOn(kind, ...args);
  if (code !== 0) throw new Error(`${args.join(' ')} on ${kind} exited with ${code}: ${stderr}`);
  return stdout;
}

async function machineOn(kind: Kind) {
  return JSON.parse(await doneOn(kind, 'list', '--json')).machines[0];
}

const groupsLeft = () =>
  groupDirectories(layout, host.cgroupParent, 'web').filter((path) => existsSync(path));

describe.skipIf(!isHybrid).each(['v1', 'v2'] as const)(`with cgroups of %s alone${reason}`, (kind) => {
  afterEach(() => cliOn(kind, 'destroy', 'web', '--force', '--now'));

  it('a machine starts, is frozen, thawed, entered, killed, stopped and destroyed, and no group is left', async () => {
    expect(await doneOn(kind, 'doctor')).toMatch(kind === 'v1' ? /legacy \(v1\)/ : /unified \(v2\)/);
    await doneOn(kind, 'create', 'web', '-t', 'busybox', '--start');
    await doneOn(kind, 'freeze', 'web');
    expect(await machineOn(kind)).toMatchObject({ state: 'frozen' });
    expect((await cliOn(kind, 'exec', 'web', '--', 'true')).code).toBe(125);
    await doneOn(kind, 'unfreeze', 'web');
    expect(await doneOn(kind, 'exec', 'web', '--', 'hostname')).toBe('web\n');
    await doneOn(kind, 'freeze', 'web');
    await doneOn(kind, 'kill', 'web');
    expect(groupsLeft()).toEqual([]);
    await doneOn(kind, 'start', 'web');
    expect(await doneOn(kind, 'stop', 'web')).toBe('web: stopped\n');
    expect(groupsLeft()).toEqual([]);
  });

  it('a machine dies with its monitor, and starts again', async () => {
    await doneOn(kind, 'create', 'web', '-t', 'busybox', '--start');
    const monitor = readStateFile(join(host.root, 'run', 'web'))?.monitor;
    if (monitor === undefined) throw new Error('the machine does not run');
    process.kill(monitor.pid, 'SIGKILL');
    await expect.poll(async () => (await machineOn(kind)).state).toBe('stopped');
    await doneOn(kind, 'start', 'web');
    expect(await doneOn(kind, 'exec', 'web', '--', 'hostname')).toBe('web\n');
    await doneOn(kind, 'destroy', 'web', '--force', '--now');
    expect(groupsLeft()).toEqual([]);
  });
});
