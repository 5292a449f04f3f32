/** Subvolumes, made and deleted by btrfs(8) of btrfs-progs. */
import { runTool } from '../tool.ts';
import { SUBVOLUME_INODE } from './file-system.ts';

export async function createSubvolume(path: string): Promise<void> {
  await runTool('btrfs', ['subvolume', 'create', path], { action: 'make the subvolume', path });
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
 * deletes nothing: what it cannot delete becomes writable, and rm takes it for a directory. What lay in a read-only one can be deleted
 * once that is writable: hence a second time, if there was any.
 */
export async function deleteSubvolumesIn(path: string): Promise<void> {
  const isOne = ['-type', 'd', '-inum', String(SUBVOLUME_INODE)];
  const deletion = ['-execdir', 'btrfs', '-q', 'subvolume', 'delete', '{}', ';'];
  const opening = ['-execdir', 'btrfs', 'property', 'set', '-t', 'subvol', '{}', 'ro', 'false', ';'];
  const left = ['-printf', 'left'];
  const command = [path, '-depth', ...isOne, '(', ...deletion, '-o', ...opening, ...left, ')'];
  const task = { action: 'delete the subvolumes in', path };
  if ((await runTool('find', command, task)) !== '') await runTool('find', command, task);
}
