/** Takes all machines and images away from systemd-machined. Only for a host that is there for such tests. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { requireTestHost } from '../../setup/nspawn-host.ts';

const IMAGES = '/var/lib/machines';
const UNIT = /^systemd-nspawn@.+\.service/;
/** Where systemd keeps what was set of units (SetUnitProperties), and drop-ins. */
const unitFolders = ['/etc/systemd/system.control', '/run/systemd/system.control', '/etc/systemd/system'];

export async function removeEverything(): Promise<void> {
  requireTestHost();
  quietly('systemctl', 'kill', '--signal=SIGKILL', 'systemd-nspawn@*.service');
  quietly('systemctl', 'stop', 'systemd-nspawn@*.service');
  for (const name of words('machinectl', 'list', '--no-legend').map((line) => line.split(' ')[0] ?? '')) {
    if (name !== '.host') quietly('machinectl', 'terminate', name);
  }
  removeGroups();
  for (const entry of readdirSync(IMAGES)) removeImage(entry);
  for (const folder of ['/etc/systemd/nspawn', '/run/systemd/nspawn']) {
    rmSync(folder, { recursive: true, force: true });
  }
  execFileSync('mkdir', ['-p', '/etc/systemd/nspawn']);
  if (forgetUnits()) execFileSync('systemctl', ['daemon-reload']);
  quietly('systemctl', 'reset-failed', 'systemd-nspawn@*.service');
}

/** What killed machines leave of their units' groups; in use they stay. */
function removeGroups(): void {
  const machines = '/sys/fs/cgroup/machine.slice';
  quietly('find', machines, '-depth', '-type', 'd', '-path', `${machines}/systemd-nspawn@*`, '-delete');
}

function removeImage(entry: string): void {
  const path = join(IMAGES, entry);
  if (entry.startsWith('.#')) {
    rmSync(path, { recursive: true, force: true });
    return;
  }
  quietly('machinectl', 'read-only', entry, 'no');
  quietly('machinectl', 'remove', entry);
  if (existsSync(path)) quietly('btrfs', 'subvolume', 'delete', path);
  rmSync(path, { recursive: true, force: true });
}

/** Whether there was anything. The drop-in of the template unit is the test host's. */
function forgetUnits(): boolean {
  const found = unitFolders
    .filter((folder) => existsSync(folder))
    .flatMap((folder) => readdirSync(folder).map((name) => ({ name, path: join(folder, name) })))
    .filter(({ name }) => UNIT.test(name));
  for (const { path } of found) rmSync(path, { recursive: true, force: true });
  return found.length > 0;
}

function words(command: string, ...args: readonly string[]): readonly string[] {
  return spawnSync(command, args, { encoding: 'utf8' })
    .stdout.split('\n')
    .filter((line) => line !== '');
}

function quietly(command: string, ...args: readonly string[]): void {
  spawnSync(command, args, { stdio: 'ignore' });
}
