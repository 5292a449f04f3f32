/** Copies of whole trees, by the helper (docs/decisions.md says why not by cp). */
import { renameDurably } from '../../../files/atomic-file.ts';
import { type StorageWork, syncing } from '../../storage.ts';
import { addonBeside } from '../addon.ts';
import { staged } from './places.ts';
import { removeTree } from './remove-tree.ts';
import { storageError } from './storage-error.ts';
import { runTool } from './tool.ts';
import { copyFiles } from './trees/copying.ts';
import { recordedFailure } from './trees/helper-work.ts';

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
  helperPath: string,
  source: string,
  target: string,
  work: StorageWork,
  hold: Hold = atOnce,
): Promise<number | undefined> {
  const half = staged(target);
  await removeTree(half);
  try {
    const total = await bytesIn(source, work.signal);
    const frozenMs = await hold(() => copyInto(helperPath, source, half, total, work));
    await syncFileSystem(half, work);
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

/** `target` may be an empty directory. */
export async function copyInto(
  helperPath: string,
  source: string,
  target: string,
  total: number | undefined,
  work: StorageWork,
): Promise<void> {
  await copyFiles(helperPath, source, target, {
    signal: work.signal,
    onWritten: (bytes) => work.progress({ done: Math.min(bytes, total ?? bytes), total, unit: 'bytes' }),
  });
  if (total !== undefined) work.progress({ done: total, total, unit: 'bytes' });
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
export async function syncFileSystem(path: string, work?: Pick<StorageWork, 'progress'>): Promise<void> {
  work?.progress(syncing);
  await runTool('sync', ['-f', path], { action: 'sync', path });
}

/** The same where little is to be written: nothing else goes on meanwhile. */
export async function syncNow(helperPath: string, path: string): Promise<void> {
  const addon = addonBeside(helperPath);
  if (addon === undefined) return await syncFileSystem(path);
  const failure = addon.sync(path);
  if (failure !== undefined) throw recordedFailure('sync', path, failure);
}
