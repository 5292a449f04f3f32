/** Mounts of this mount namespace that a removal would reach into: proc_pid_mountinfo(5). */
import { readFileSync, realpathSync } from 'node:fs';
import { BackendError } from '../../backend.ts';

/**
 * What a person has mounted in a tree is his, and a removal empties it first, if it was bound there from the same file system.
 * @throws BackendError 'failed' with EBUSY if something is mounted on `path`, which exists, or inside
 */
export function refuseMounts(path: string): void {
  const top = realpathSync(path);
  const mount = mountPoints(readFileSync('/proc/self/mountinfo', 'utf8')).find(
    (point) => point === top || point.startsWith(`${top}/`),
  );
  if (mount === undefined) return;
  throw new BackendError('failed', `cannot remove ${path}: something is mounted on ${mount}`, {
    path: mount,
    errno: 'EBUSY',
    hint: `Unmount it: umount ${mount}`,
  });
}

/** The fifth field; space, tab, newline and backslash are in octal there. */
function mountPoints(mountinfo: string): readonly string[] {
  return mountinfo
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .map((field) =>
      field.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
    );
}
