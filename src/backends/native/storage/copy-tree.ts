/** Copies of whole trees, by cp of coreutils (docs/decisions.md says why not by our own hand). */
import { statfsSync } from 'node:fs';
import { renameDurably } from '../../../files/atomic-file.ts';
import type { StorageWork } from '../../storage.ts';
import { staged } from './places.ts';
import { removeTree } from './remove-tree.ts';
import { storageError } from './storage-error.ts';
import { runTool } from './tool.ts';

/** Does the copying itself at the right moment; returns how long a machine stood still for it. */
export type Hold = (copy: () => Promise<void>) => Promise<number | undefined>;

export const atOnce: Hold = async (copy) => {
  await copy();
  return undefined;
};

/**
 * Copies `source` with all that is in it to `target`, which appears whole, synced, or not at all. What an earlier call left half
 * done is removed first.
 * @throws BackendError, the signal's reason
 */
export async function copyTree(
  source: string,
  target: string,
  work: StorageWork,
  hold: Hold = atOnce,
): Promise<number | undefined> {
  const half = staged(target);
  await removeTree(half);
  try {
    const total = await bytesIn(source, work.signal);
    const frozenMs = await hold(() => copyInto(source, half, total, work));
    await syncFileSystem(half);
    moveTree(half, target);
    return frozenMs;
  } catch (error) {
    await removeTree(half);
    throw error;
  }
}

/** Renames and makes it last. */
export function moveTree(from: string, to: string): void {
  try {
    renameDurably(from, to);
  } catch (cause) {
    throw storageError('move', `${from} to ${to}`, cause);
  }
}

/**
 * `target` may be an empty directory. Keeps ids, modes, times, ACLs, extended attributes (those of overlayfs and capabilities too), hard
 * links, holes, whiteouts and other nodes. --preserve=xattr after -a: an attribute that cannot be kept is an error.
 */
export async function copyInto(
  source: string,
  target: string,
  total: number | undefined,
  work: StorageWork,
): Promise<void> {
  const flags = ['--archive', '--preserve=xattr', `--reflink=${reflinkOf(source)}`, '--sparse=auto'];
  // A cp that outlived us would write into what the next call removes.
  const command = ['--pdeathsig', 'KILL', 'cp', ...flags, '--no-target-directory', '--', source, target];
  await runTool('setpriv', command, {
    action: `copy ${source} to`,
    path: target,
    signal: work.signal,
    onWritten: (bytes) => work.progress({ done: Math.min(bytes, total ?? bytes), total, unit: 'bytes' }),
  });
  if (total !== undefined) work.progress({ done: total, total, unit: 'bytes' });
}

/** statfs(2): Btrfs, XFS, bcachefs, ZFS and OCFS2 can share blocks. */
const REFLINK_TYPES = [0x9123683e, 0x58465342, 0xca451a4e, 0x2fc12fc1, 0x7461636f];

/**
 * `never` where it could not be anyway: then cp writes by write(2), a piece at a time, and how far it is can be told. By
 * copy_file_range(2) it writes up to two gigabytes at once.
 */
function reflinkOf(path: string): 'auto' | 'never' {
  return REFLINK_TYPES.includes(statfsSync(path).type) ? 'auto' : 'never';
}

/**
 * On disk: what is shared by reflinks counts too, though no copy of it is written. Undefined if it cannot be told: a machine that runs
 * removes files while they are counted.
 */
export async function bytesIn(path: string, signal: AbortSignal): Promise<number | undefined> {
  const task = { action: 'count what is in', path, signal };
  try {
    return Number.parseInt(await runTool('du', ['--summarize', '--block-size=1', '--', path], task), 10);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** syncfs(2), which Node does not have: one call for thousands of files. Without it a power cut could spoil what was kept. */
export async function syncFileSystem(path: string): Promise<void> {
  await runTool('sync', ['-f', path], { action: 'sync', path });
}
