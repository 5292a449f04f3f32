/** Subvolumes, by btrfs(8) of btrfs-progs. */
import { runTool } from '../tool.ts';
import { SUBVOLUME_INODE } from './file-system.ts';

export async function createSubvolume(path: string): Promise<void> {
  await runTool('btrfs', ['subvolume', 'create', path], { action: 'make the subvolume', path });
}

/** All at one moment, and on disk when this resolves. Subvolumes inside become empty directories. */
export async function snapshotSubvolume(
  source: string,
  target: string,
  mode: 'read-only' | 'read-write',
): Promise<void> {
  const flags = mode === 'read-only' ? ['-r'] : [];
  await runTool('btrfs', ['subvolume', 'snapshot', ...flags, source, target], {
    action: `make a snapshot of ${source} at`,
    path: target,
  });
}

export async function makeReadOnly(path: string): Promise<void> {
  await runTool('btrfs', ['property', 'set', '-t', 'subvol', path, 'ro', 'true'], {
    action: 'make read-only',
    path,
  });
}

export async function deleteSubvolume(path: string): Promise<void> {
  await runTool('btrfs', ['subvolume', 'delete', path], { action: 'delete the subvolume', path });
}

/**
 * All in a tree, innermost first, and the tree itself if it is one; by find, which goes deeper than a path may be long. There btrfs(8)
 * deletes nothing: what it cannot delete becomes writable, and rm takes it for a directory.
 */
export async function deleteSubvolumesIn(path: string): Promise<void> {
  const isOne = ['-type', 'd', '-inum', String(SUBVOLUME_INODE)];
  const deletion = ['-execdir', 'btrfs', 'subvolume', 'delete', '{}', ';'];
  const opening = ['-execdir', 'btrfs', 'property', 'set', '-t', 'subvol', '{}', 'ro', 'false', ';'];
  await runTool('find', [path, '-depth', ...isOne, '(', ...deletion, '-o', ...opening, ')'], {
    action: 'delete the subvolumes in',
    path,
  });
}
