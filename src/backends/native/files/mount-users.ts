/** Who uses a mount: what a process has open, and where it stands, by the ids of mounts (proc_pid_fdinfo(5)). */
import { closeSync, constants, openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { MountUser } from '../../files.ts';
import { parseMount } from '../inspection/mount-table.ts';

/** Processes of the mount namespace that `init` is in. */
export function usersOfMount(init: number, path: string, procRoot: string): readonly MountUser[] {
  const mounts = mountsAt(readFileSync(`${procRoot}/${init}/mountinfo`, 'utf8'), path);
  const namespace = linkOf(`${procRoot}/${init}/ns/mnt`);
  if (mounts.size === 0 || namespace === undefined) return [];
  return readdirSync(procRoot)
    .filter((name) => /^\d+$/.test(name) && linkOf(`${procRoot}/${name}/ns/mnt`) === namespace)
    .filter((name) => uses(`${procRoot}/${name}`, mounts))
    .map((name) => ({ pid: Number(name), name: nameOf(`${procRoot}/${name}`) }));
}

/** Ids of what is mounted last at a path, and of all that is mounted in it. */
function mountsAt(mountinfo: string, path: string): ReadonlySet<string> {
  const rows = mountinfo
    .split('\n')
    .map((line) => ({ id: line.split(' ', 1)[0] ?? '', path: parseMount(line)?.path }));
  const top = rows.findLast((row) => row.path === path);
  if (top === undefined) return new Set();
  return new Set([top.id, ...rows.filter((row) => row.path?.startsWith(`${path}/`)).map((row) => row.id)]);
}

function uses(process: string, mounts: ReadonlySet<string>): boolean {
  const open = namesIn(`${process}/fdinfo`).map((name) => mountOf(textOf(`${process}/fdinfo/${name}`)));
  const places = ['cwd', 'root', 'exe'].map((name) => mountOfPlace(`${process}/${name}`));
  return [...open, ...places].some((id) => id !== undefined && mounts.has(id));
}

/** O_PATH of open(2), which Node does not name: nothing is read, and nothing waits. */
const O_PATH = 0o10000000;

function mountOfPlace(path: string): string | undefined {
  try {
    const fd = openSync(path, O_PATH | constants.O_RDONLY);
    try {
      return mountOf(textOf(`/proc/self/fdinfo/${fd}`));
    } finally {
      closeSync(fd);
    }
  } catch {
    return undefined;
  }
}

function mountOf(fdinfo: string | undefined): string | undefined {
  return /^mnt_id:\s*(\d+)$/m.exec(fdinfo ?? '')?.[1];
}

/** Undefined of what has ended meanwhile, as below. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

function namesIn(path: string): readonly string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function nameOf(process: string): string {
  return textOf(`${process}/comm`)?.trimEnd() ?? '?';
}
