/** Subvolumes, by btrfs(8) of btrfs-progs. */
import { runTool } from '../tool.ts';

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
