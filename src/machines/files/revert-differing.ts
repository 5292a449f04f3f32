/** A revert of what differs alone: with one of nothing the trash would have an entry, and the next undo would undo nothing. */
import type { FileChange, StorageWork } from '../../backends/storage.ts';
import { passOver } from '../failures.ts';
import type { Machines } from '../machines.ts';

/** Returns which of the paths were put back. */
export async function revertDiffering(
  machines: Machines,
  name: string,
  paths: readonly string[],
  from: string | undefined,
  work: StorageWork,
): Promise<readonly string[]> {
  const differing = await differingPaths(machines, name, paths, from, work);
  if (differing.length > 0) await machines.revert(name, differing, from, work);
  return differing;
}

async function differingPaths(
  machines: Machines,
  name: string,
  paths: readonly string[],
  from: string | undefined,
  { signal }: StorageWork,
): Promise<readonly string[]> {
  const differing: string[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    const changes =
      from === undefined ? machines.diff(name, undefined, path) : machines.diff(from, name, path);
    if (await differs(changes)) differing.push(path);
  }
  return differing;
}

/** What cannot be compared is for the revert itself to refuse. */
async function differs(changes: AsyncIterable<FileChange>): Promise<boolean> {
  try {
    for await (const _ of changes) return true;
    return false;
  } catch (error) {
    passOver(error);
    return true;
  }
}
