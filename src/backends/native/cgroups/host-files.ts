/** What limits need to know of the host besides a machine's own groups. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { HostFiles } from './controllers/limit.ts';
import { hostDevices } from './devices/host-devices.ts';
import type { CgroupLayout, Cpuset } from './layout.ts';

/** @param mount of the hierarchy in whose groups files are looked for */
export function readHostFiles(layout: CgroupLayout, mount: string | undefined): HostFiles {
  return {
    has: (file) => mount !== undefined && existsInGroups(mount, file),
    diskNumber,
    get cpuset() {
      return layout.cpuset ?? unifiedCpuset(layout);
    },
  };
}

/** Of v2: what its root has. */
function unifiedCpuset({ unified }: CgroupLayout): Cpuset | undefined {
  try {
    const read = (file: string) => readFileSync(`${unified}/${file}`, 'latin1').trim();
    return { cpus: read('cpuset.cpus.effective'), mems: read('cpuset.mems.effective') };
  } catch {
    return undefined;
  }
}

/** A hierarchy's root lacks most files, and any group below it has them all. */
function existsInGroups(mount: string, file: string): boolean {
  if (existsSync(`${mount}/${file}`)) return true;
  const group = readdirSync(mount, { withFileTypes: true }).find((entry) => entry.isDirectory());
  return group !== undefined && existsSync(`${mount}/${group.name}/${file}`);
}

/** The kernel limits whole disks: a partition stands for its disk. */
function diskNumber(device: string): string | undefined {
  const number = /^\d+:\d+$/.test(device) ? device : numberOf(device);
  if (number === undefined) return undefined;
  const known = `/sys/dev/block/${number}`;
  if (!existsSync(known)) return undefined;
  if (!existsSync(`${known}/partition`)) return number;
  return readFileSync(`${known}/../dev`, 'latin1').trim();
}

function numberOf(path: string): string | undefined {
  const node = hostDevices.node(path);
  return node?.type === 'b' ? `${node.major}:${node.minor}` : undefined;
}
