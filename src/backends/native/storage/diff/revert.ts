/**
 * Putting single paths back to what they are in another state. The machine is stopped, so nothing moves in it; that of the other state may run. The
 * files of both are hostile: what leads to the path must be directories of their own. What takes long is made beside and moved in by a rename, and what was there goes back
 * if that fails.
 */
import { lstatSync, mkdirSync, renameSync } from 'node:fs';
import { BackendError, type MachineHandle } from '../../../backend.ts';
import type { FileState, StorageWork } from '../../../storage.ts';
import { isReadOnly, isSubvolume, SUBVOLUME_INODE } from '../btrfs/file-system.ts';
import { syncFileSystem } from '../copy-tree.ts';
import { storageDirectory } from '../places.ts';
import { removeTree } from '../remove-tree.ts';
import { LONGEST_PATH, storageError } from '../storage-error.ts';
import { makeOpaque, makeWhiteout, raiseTo, removeTrees } from '../trees/changing.ts';
import { copyFromView } from '../trees/copying.ts';
import { bytesToCopy } from './bytes-to-copy.ts';
import { inBytes, stackOf } from './changes.ts';
import { createHelperReader } from './helper-reader.ts';
import type { FoundEntry } from './tree-reader.ts';

interface Revert {
  readonly helperPath: string;
  readonly name: string;
  /** Relative. */
  readonly path: string;
  readonly isOverlay: boolean;
  /** What is written to. */
  readonly top: string;
  readonly lower: readonly string[];
  readonly source: readonly string[];
  /** Folders of this work alone: what will be put there, and where the source is looked at. */
  readonly staging: string;
  readonly work: StorageWork;
}

/** Whose files they are, and where work on them may lie meanwhile. */
export interface RevertedFiles {
  /** The machine's, for words. */
  readonly name: string;
  readonly present: FileState;
  /** On the file system of what is written to. */
  readonly staging: string;
}

export function filesOfMachine(machine: MachineHandle, present: FileState): RevertedFiles {
  const [top] = stackOf(present);
  // Renames do not leave a subvolume.
  const isInside = present.driver === 'btrfs' && top !== undefined;
  const staging = isInside ? stagingInside(top) : `${storageDirectory(machine)}/revert`;
  return { name: machine.spec.name, present, staging };
}

/** Of a whole tree beside which nothing else may lie. */
export function filesOfTree(name: string, tree: string): RevertedFiles {
  return { name, present: { driver: 'dir', layers: [], tree }, staging: stagingInside(tree) };
}

/**
 * @param path absolute, plain, not the top
 * @throws BackendError 'failed' when what the path leads through is no directory; the signal's reason, and nothing has changed then
 */
export async function revertPath(
  helperPath: string,
  { name, present, staging: usual }: RevertedFiles,
  path: string,
  from: FileState,
  work: StorageWork,
): Promise<void> {
  const [top, ...lower] = stackOf(present);
  if (top === undefined) throw new BackendError('failed', `${name} has no files`);
  requireShort(`${top}${path}`, path);
  const isOverlay = present.driver === 'overlay';
  const inner = isOverlay ? undefined : await innermostSubvolume(helperPath, name, top, path.slice(1));
  const staging = inner === undefined ? usual : `${top}/${inner}/${STAGING}`;
  const revert = {
    helperPath,
    name,
    path: path.slice(1),
    isOverlay,
    top,
    lower,
    source: stackOf(from),
    staging,
    work,
  };
  const remove = () => removeFolders(helperPath, isOverlay, [...new Set([usual, staging])]);
  await remove();
  try {
    await revertStaged(revert);
    await syncFileSystem(top);
  } finally {
    await remove();
  }
}

/** A whole tree may have subvolumes in it, an upper of an overlay none. */
async function removeFolders(helperPath: string, isOverlay: boolean, folders: readonly string[]) {
  if (isOverlay) return await removeTrees(helperPath, folders);
  for (const folder of folders) await removeTree(folder);
}

const STAGING = '.tsmachine-revert';

/** It is moved by its path. */
function requireShort(place: string, path: string): void {
  if (Buffer.byteLength(place) > LONGEST_PATH) throw storageError('put back', path, { code: 'ENAMETOOLONG' });
}

function stagingInside(top: string): string {
  return `${top}/${STAGING}`;
}

/**
 * Of those that the machine has made in itself, the one that the path lies in.
 * @throws BackendError 'failed' if that is read-only, or the path is one that is
 */
async function innermostSubvolume(
  helperPath: string,
  machine: string,
  top: string,
  path: string,
): Promise<string | undefined> {
  const ways = waysTo(`${path}/`);
  const found = await createHelperReader(helperPath).find([top], ways.map(inBytes));
  const subvolumes = ways.filter((way, index) => {
    const isTop = found[index]?.inode.endsWith(`:${SUBVOLUME_INODE}`) === true;
    return isTop && isSubvolume(`${top}/${way}`);
  });
  const readOnly = subvolumes.find((way) => isReadOnly(`${top}/${way}`));
  if (readOnly !== undefined) {
    throw new BackendError('failed', `/${readOnly} is a read-only subvolume in ${machine}`, {
      path: `/${readOnly}`,
      hint: `Start the machine and open it there: btrfs property set /${readOnly} ro false`,
    });
  }
  return subvolumes.findLast((way) => way !== path);
}

/** The directories on the way to a path. */
function waysTo(path: string): readonly string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

async function revertStaged(revert: Revert): Promise<void> {
  const reader = createHelperReader(revert.helperPath);
  const look = async (stack: readonly string[]) =>
    stack.length === 0 ? undefined : (await reader.find(stack, [inBytes(revert.path)]))[0];
  const [wanted, lower, way] = await Promise.all([
    look(revert.source),
    look(revert.lower),
    lookAtWay(revert),
  ]);
  if (way.obstacle !== undefined && wanted !== undefined) throw noWay(revert, way.obstacle);
  // It is not there, as it should be.
  if (way.obstacle !== undefined) return;
  const below = way.isCutOff ? undefined : lower;
  const showsItself = !way.isCutOff && isSameStack(revert.lower, revert.source);
  if (wanted !== undefined && !showsItself) await stage(revert, wanted);
  await inStead(revert, async () => {
    if (wanted === undefined) {
      if (below !== undefined) await hide(revert);
    } else if (!showsItself) {
      await moveIn(revert, wanted.type === 'directory' && below !== undefined);
    }
  });
}

/** Takes out what is there; it goes with the staging folder, or comes back if the rest fails. */
async function inStead({ top, path, staging }: Revert, deed: () => Promise<void>): Promise<void> {
  const [place, before] = [`${top}/${path}`, `${staging}/before`];
  const isThere = lstatSync(place, { throwIfNoEntry: false }) !== undefined;
  mkdirSync(staging, { recursive: true, mode: 0o700 });
  if (isThere) move(place, before);
  try {
    await deed();
  } catch (error) {
    if (isThere) move(before, place);
    throw error;
  }
}

function move(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (cause) {
    throw storageError('move', `${from} to ${to}`, cause);
  }
}

/** With nothing of its own at the path, the machine would show what is wanted. */
function isSameStack(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((layer, index) => layer === other[index]);
}

interface Way {
  /** What stands where a directory would have to be gone through: a link, anything else, or nothing. */
  readonly obstacle: string | undefined;
  /** A directory of the top layer itself hides what lower layers have there. */
  readonly isCutOff: boolean;
}

async function lookAtWay({ helperPath, path, top, lower }: Revert): Promise<Way> {
  const ways = waysTo(path);
  const found = await createHelperReader(helperPath).find([top, ...lower], ways.map(inBytes));
  return {
    obstacle: ways.find((_, index) => found[index]?.type !== 'directory'),
    isCutOff: found.some((entry) => entry?.layer === 0 && entry.opaque),
  };
}

function noWay({ name }: Revert, obstacle: string): BackendError {
  return new BackendError('failed', `/${obstacle} is no directory in ${name} any more`, {
    path: `/${obstacle}`,
    hint: `Put that back first: tsmachine revert ${name} /${obstacle}`,
  });
}

const entryOf = ({ staging }: Revert) => `${staging}/entry`;

async function stage(revert: Revert, wanted: FoundEntry): Promise<void> {
  const at = `${revert.staging}/view`;
  mkdirSync(at, { recursive: true, mode: 0o700 });
  const { helperPath, path, work } = revert;
  const { signal, progress } = work;
  const view = { layers: revert.source, at };
  const total = await bytesToCopy(helperPath, view, [path], [wanted], signal);
  await copyFromView(helperPath, view, path, entryOf(revert), {
    signal,
    onWritten: (bytes) => progress({ done: Math.min(bytes, total), total, unit: 'bytes' }),
  });
  signal.throwIfAborted();
}

async function hide({ helperPath, isOverlay, path, top, lower }: Revert): Promise<void> {
  if (!isOverlay) return;
  await raiseTo(helperPath, top, path, lower);
  await makeWhiteout(helperPath, top, path);
}

async function moveIn(revert: Revert, hides: boolean): Promise<void> {
  const { helperPath, isOverlay, path, top, lower, staging } = revert;
  if (isOverlay && lower.length > 0) await raiseTo(helperPath, top, path, lower);
  if (isOverlay && hides) await makeOpaque(helperPath, staging, 'entry');
  move(entryOf(revert), `${top}/${path}`);
}
