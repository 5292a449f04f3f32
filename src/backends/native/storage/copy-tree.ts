/** Copies of whole trees, by cp of coreutils (docs/decisions.md says why not by our own hand). */
import { renameDurably } from '../../../files/atomic-file.ts';
import type { StorageWork } from '../../storage.ts';
import { staged } from './places.ts';
import { removeTree } from './remove-tree.ts';
import { storageError } from './storage-error.ts';
import { runTool } from './tool.ts';

/** Does the copying itself at the right moment; returns how long a machine stood still for it. */
export type Hold = (copy: () => Promise<void>) => Promise<number | undefined>;

const atOnce: Hold = async (copy) => {
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
    const total = await countEntries(source, work.signal);
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
  const flags = ['--archive', '--preserve=xattr', '--reflink=auto', '--sparse=auto', '--verbose'];
  let done = 0;
  // A cp that outlived us would write into what the next call removes.
  const command = ['--pdeathsig', 'KILL', 'cp', ...flags, '--no-target-directory', '--', source, target];
  await runTool('setpriv', command, {
    action: `copy ${source} to`,
    path: target,
    signal: work.signal,
    onLines(count) {
      done += count;
      work.progress({ done, total, unit: 'files' });
    },
  });
}

/** Files, directories and other nodes, the top included: cp prints a line for each. */
export async function countEntries(path: string, signal: AbortSignal): Promise<number> {
  let count = 0;
  await runTool('find', [path, '-printf', '\\n'], {
    action: 'count what is in',
    path,
    signal,
    onLines: (more) => {
      count += more;
    },
  });
  return count;
}

/** syncfs(2), which Node does not have: one call for thousands of files. Without it a power cut could spoil what was kept. */
export async function syncFileSystem(path: string): Promise<void> {
  await runTool('sync', ['-f', path], { action: 'sync', path });
}
