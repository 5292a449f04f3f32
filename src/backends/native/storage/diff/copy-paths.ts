/** Single paths of a state, as they are shown, below a directory of their own. The files are hostile: no link of theirs is followed. */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FileState, StorageWork } from '../../../storage.ts';
import { syncFileSystem } from '../copy-tree.ts';
import { LONGEST_PATH, storageError } from '../storage-error.ts';
import { removeTrees } from '../trees/changing.ts';
import { copyFromView } from '../trees/copying.ts';
import { bytesToCopy } from './bytes-to-copy.ts';
import { inBytes, stackOf } from './changes.ts';
import { createHelperReader } from './helper-reader.ts';

/**
 * @param paths absolute, plain, none below another
 * @param place `tree` is new; `view` is a folder for this work alone
 * @throws BackendError 'helper-missing', 'permission', 'failed'; the signal's reason. What was copied is the caller's to remove then
 */
export async function copyPaths(
  helperPath: string,
  state: FileState,
  paths: readonly string[],
  { tree, view }: { readonly tree: string; readonly view: string },
  { signal, progress }: StorageWork,
): Promise<void> {
  const layers = stackOf(state);
  const found = await createHelperReader(helperPath).find(
    layers,
    paths.map((path) => inBytes(path.slice(1))),
  );
  const there = paths.filter((_, index) => found[index] !== undefined);
  mkdirSync(tree, { mode: 0o700 });
  mkdirSync(view, { recursive: true, mode: 0o700 });
  const relative = paths.map((path) => path.slice(1));
  const total = await bytesToCopy(helperPath, { layers, at: view }, relative, found, signal);
  let before = 0;
  for (const path of there) {
    const target = `${tree}${path}`;
    if (Buffer.byteLength(target) > LONGEST_PATH) throw storageError('keep', path, { code: 'ENAMETOOLONG' });
    mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
    let written = 0;
    await copyFromView(helperPath, { layers, at: view }, path.slice(1), target, {
      signal,
      onWritten: (bytes) => {
        written = bytes;
        progress({ done: Math.min(before + bytes, total), total, unit: 'bytes' });
      },
    });
    before += written;
    signal.throwIfAborted();
  }
  await removeTrees(helperPath, [view]);
  await syncFileSystem(tree);
}
