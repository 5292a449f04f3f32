/** What an archive holds of a state: all of it, or where it differs from another one. */
import { BackendError } from '../../../backend.ts';
import type { FileState } from '../../../storage.ts';
import { inTreeOrder } from '../diff/candidates.ts';
import { differencesBetween, stackOf } from '../diff/changes.ts';
import { createHelperReader } from '../diff/helper-reader.ts';
import type { FoundEntry } from '../diff/tree-reader.ts';
import { LONGEST_PATH } from '../storage-error.ts';
import { scanTree } from '../trees/looking.ts';
import { bytesOfTrees } from '../trees/sizes.ts';
import { pathText } from '../trees/tree-entries.ts';

/** Paths have a character a byte. */
export interface Delta {
  /** In the order of a tree, the top ('') first; undefined: all there are. */
  readonly paths: readonly string[] | undefined;
  /** What its base has, and it has not. */
  readonly removed: readonly string[];
  /** About how many there are to read. */
  readonly bytes: number;
}

export async function wholeOf(helperPath: string, state: FileState): Promise<Delta> {
  await refuseWhiteouts(helperPath, state);
  return { paths: undefined, removed: [], bytes: await bytesOfTrees(helperPath, stackOf(state)) };
}

/** Each path with all directories on its way, so that they are what they are in `state`; or all there are, where some cannot be listed. */
export async function deltaOf(helperPath: string, base: FileState, state: FileState): Promise<Delta> {
  await refuseWhiteouts(helperPath, state);
  const paths = new Set(['']);
  const removed: string[] = [];
  let bytes = 0;
  for await (const { path, before, after } of differencesBetween(
    createHelperReader(helperPath),
    base,
    state,
  )) {
    addWay(path, paths);
    if (isKept(after)) {
      paths.add(path);
      bytes += after.bytes;
    } else if (isKept(before)) {
      removed.push(path);
    }
  }
  if (!canBeListed(paths))
    return { paths: undefined, removed, bytes: await bytesOfTrees(helperPath, stackOf(state)) };
  return { paths: [...paths].sort(inTreeOrder), removed, bytes };
}

/** Tar opens what is listed by its path, and goes to the depth of a whole state one directory after the other. */
function canBeListed(paths: ReadonlySet<string>): boolean {
  for (const path of paths) if (path.length + './'.length > LONGEST_PATH) return false;
  return true;
}

/** A socket means nothing without the process that listens on it, and tar has no form for it. */
function isKept(entry: FoundEntry | undefined): entry is FoundEntry {
  return entry !== undefined && entry.type !== 'socket';
}

/** What is among them has its own way there already. */
function addWay(path: string, paths: Set<string>): void {
  for (let at = path.lastIndexOf('/'); at >= 0; at = path.lastIndexOf('/', at - 1)) {
    const parent = path.slice(0, at);
    if (paths.has(parent)) return;
    paths.add(parent);
  }
}

/** As a layer they would hide files, and so an archive cannot have any. Those of layers are not seen in their stack. */
async function refuseWhiteouts(helperPath: string, { driver, tree }: FileState): Promise<void> {
  if (tree === undefined || driver === 'overlay') return;
  for await (const { path, whiteout } of scanTree(helperPath, tree)) {
    if (!whiteout) continue;
    throw new BackendError('unsupported', `/${pathText(path)} is a whiteout, which archives cannot hold`, {
      path: `/${pathText(path)}`,
      hint: 'It belongs to an overlay file system inside the machine: remove what is made of it there first.',
    });
  }
}
