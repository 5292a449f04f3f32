/** What machines of systemd-nspawn need of a host, and what goes better with. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Finding } from '../../backend.ts';
import type { CgroupLayout } from '../../native/cgroups/layout.ts';
import { isBtrfs } from '../../native/storage/btrfs/file-system.ts';

/** FreezeUnit came with it. */
const OLDEST_VERSION = 246;

/** @param version of the manager's property, for example `252.39-1~deb12u2` */
export function examineVersion(version: string): Finding {
  const number = Number.parseInt(version, 10);
  // One that is no number (a build of somebody's own) may be anything.
  if (!(number < OLDEST_VERSION)) return { subject: 'systemd', verdict: 'ok', detail: `version ${version}` };
  return {
    subject: 'systemd',
    verdict: 'note',
    detail: `version ${version}: machines of systemd-nspawn cannot be frozen`,
    fix: `Version ${OLDEST_VERSION} and later can.`,
  };
}

/** By ID and ID_LIKE of os-release(5): what installs systemd-machined and systemd-nspawn. */
const installs: Readonly<Record<string, string>> = {
  debian: 'apt install systemd-container',
  ubuntu: 'apt install systemd-container',
  fedora: 'dnf install systemd-container',
  rhel: 'dnf install systemd-container',
  centos: 'dnf install systemd-container',
  suse: 'zypper install systemd-container',
  opensuse: 'zypper install systemd-container',
  arch: 'pacman -S systemd',
};

export function lackOfMachined(hostRoot: string): Finding {
  const command = systemsOf(hostRoot)
    .map((id) => installs[id])
    .find((one) => one !== undefined);
  return {
    subject: 'systemd-nspawn',
    verdict: 'note',
    detail: 'the nspawn backend cannot be used: systemd-machined is not installed, or was masked',
    fix: `Native machines need none of it. ${command === undefined ? 'Install the package systemd-container.' : `\`${command}\` installs it.`}`,
  };
}

function systemsOf(hostRoot: string): readonly string[] {
  const text = readOrNothing(`${hostRoot}/etc/os-release`) || readOrNothing(`${hostRoot}/usr/lib/os-release`);
  const field = (name: string) => new RegExp(`^${name}=["']?([^"'\\n]*)`, 'm').exec(text)?.[1] ?? '';
  return [field('ID'), ...field('ID_LIKE').split(' ')];
}

/** It only chooses the words of a hint. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

const POOL = '/var/lib/machines';

/** Where images lie; the folder is made when the first one is. */
export function examinePool(hostRoot: string): Finding {
  let path = `${hostRoot}${POOL}`;
  while (!existsSync(path) && path !== '/') path = dirname(path);
  if (isBtrfs(path)) {
    return { subject: POOL, verdict: 'ok', detail: 'btrfs: snapshots and clones are made at once' };
  }
  return {
    subject: POOL,
    verdict: 'note',
    detail: 'not btrfs: each snapshot and each clone copies all files, and nothing limits their size',
    fix: `Mount a btrfs at ${POOL} before there are images.`,
  };
}

/** systemd freezes by v2 alone, and leaves limits out that v1 has no file for. */
export function examineCgroups({ kind }: CgroupLayout): Finding {
  if (kind === 'unified') return { subject: 'limits of units', verdict: 'ok', detail: 'cgroup v2 alone' };
  return {
    subject: 'limits of units',
    verdict: 'note',
    detail: `this host has cgroup v1 (${kind}): machines of systemd-nspawn cannot be frozen, and not all limits hold`,
    fix: 'Boot with systemd.unified_cgroup_hierarchy=1 for v2 alone.',
  };
}
