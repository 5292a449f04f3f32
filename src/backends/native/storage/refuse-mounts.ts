/** Mounts of this mount namespace that a removal would reach into: proc_pid_mountinfo(5). */
import { readFileSync, realpathSync } from 'node:fs';
import { BackendError } from '../../backend.ts';
import { parseMountTable } from '../inspection/mount-table.ts';

/**
 * What a person has mounted in a tree is his, and a removal empties it first, if it was bound there from the same file system.
 * @throws BackendError 'failed' with EBUSY if something is mounted on `path`, which exists, or inside
 */
export function refuseMounts(path: string, action: 'remove' | 'copy' = 'remove'): void {
  const top = realpathSync(path);
  const mount = parseMountTable(readFileSync('/proc/self/mountinfo', 'utf8'))
    .map((one) => one.path)
    .find((point) => (point === top && action === 'remove') || point.startsWith(`${top}/`));
  if (mount === undefined) return;
  throw new BackendError('failed', `cannot ${action} ${path}: something is mounted on ${mount}`, {
    path: mount,
    errno: 'EBUSY',
    hint: `Unmount it: umount ${mount}`,
  });
}
