/** Namespaces, and the ids that the user namespace maps: namespaces(7), user_namespaces(7). */
import { statSync } from 'node:fs';
import type { Inspection } from '../../inspection.ts';
import type { ProcessFiles } from './process-files.ts';

/** Entries of /proc/PID/ns; a kernel may lack some. */
const NAMESPACES = ['user', 'mnt', 'pid', 'net', 'uts', 'ipc', 'cgroup', 'time'] as const;

export function readNamespaces(
  init: ProcessFiles,
  procRoot: string,
): Pick<Inspection, 'namespaces' | 'sharedNamespaces'> {
  const found = NAMESPACES.flatMap((name) => {
    const inode = init.inode(`ns/${name}`);
    return inode === undefined ? [] : [[name, inode] as const];
  });
  const shared = found.filter(([name, inode]) => inode === ownInode(`${procRoot}/self/ns/${name}`));
  return { namespaces: Object.fromEntries(found), sharedNamespaces: shared.map(([name]) => name) };
}

function ownInode(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** Lines such as `uid 0 100000 65536`. */
export function readIdMap(init: ProcessFiles): readonly string[] {
  return (['uid', 'gid'] as const).flatMap((kind) =>
    init
      .read(`${kind}_map`)
      .text.split('\n')
      .filter(Boolean)
      .map((line) => `${kind} ${line.trim().replace(/\s+/g, ' ')}`),
  );
}
