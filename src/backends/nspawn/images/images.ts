/** Images of machined. What it does in one step (a snapshot of a subvolume, a new name) it does; what takes long we do, so that it can be watched and broken off. */
import { BackendError } from '../../backend.ts';
import type { ManagedImage, ManagedImages, StagedImage } from '../../manager/images.ts';
import { isBtrfs } from '../../native/storage/btrfs/file-system.ts';
import { syncFileSystem } from '../../native/storage/copy-tree.ts';
import { refuseMounts } from '../../native/storage/refuse-mounts.ts';
import { removeTreeTelling } from '../../native/storage/remove-tree.ts';
import type { StorageWork } from '../../storage.ts';
import type { NspawnContext } from '../context.ts';
import type { Machine1 } from '../machine1.ts';
import { findImage, imagesNamed, listedImages } from './listing.ts';
import { hiddenNames, makePool, nameOfUnfinished, POOL, removingName, treePath } from './pool.ts';
import { setSizeLimit } from './size-limit.ts';
import {
  copyDirectory,
  copySettings,
  discard,
  keepSettingsModes,
  makeEmpty,
  removeSettings,
  settle,
  stagedFor,
  takeName,
  unlock,
} from './staging.ts';

type Context = Pick<NspawnContext, 'machine1' | 'folders'>;

export function createImages(context: Context): ManagedImages {
  const { machine1 } = context;
  return {
    all: () => imagesNamed(machine1, () => true),
    those: (isWanted) => imagesNamed(machine1, isWanted),
    names: async () => (await listedImages(machine1)).map(({ name }) => name),
    find: (name) => findImage(machine1, name),
    clone: (from, to, options, work) => clone(context, from, to, options, work),
    rename: (name, newName) => takeName(machine1, name, newName),
    remove: (name, work) => remove(context, name, work),
    setReadOnly: (name, readOnly) => machine1.markImageReadOnly(name, readOnly),
    setSizeLimit: (name, bytes) => setSizeLimit(machine1, name, bytes),
    make: (name, fill, work) =>
      stage(context, name, work, async (image) => {
        await makeEmpty(image);
        await fill(image);
        return true;
      }),
    async driver() {
      makePool();
      return isBtrfs(POOL) ? 'btrfs' : 'dir';
    },
    async leavings() {
      const { images, settings } = hiddenNames();
      const begun = [...images, ...settings].map(nameOfUnfinished).filter((name) => name !== undefined);
      const isWhole = (name: string) => nameOfUnfinished(name) === undefined;
      return {
        hidden: images.filter(isWhole),
        notes: settings.filter((name) => isWhole(name) && !images.includes(name)),
        unfinished: [...new Set(begun)],
      };
    },
    settle: (name) => settle(machine1, name),
  };
}

/** Nothing is left of it if it does not get its name. @param make answers whether there are files that may not be on disk yet */
async function stage(
  { machine1 }: Context,
  name: string,
  work: StorageWork,
  make: (image: StagedImage) => Promise<boolean>,
): Promise<void> {
  const { signal } = work;
  signal.throwIfAborted();
  await settle(machine1, name);
  const image = stagedFor(name);
  try {
    const isToBeSynced = await make(image);
    signal.throwIfAborted();
    if (isToBeSynced) await syncFileSystem(POOL, work);
    await takeName(machine1, image.name, name);
  } catch (error) {
    await discardAfter(machine1, image, error);
    throw error;
  }
}

/** What cannot be removed now, the next command on the name removes. */
async function discardAfter(machine1: Machine1, { name }: StagedImage, cause: unknown): Promise<void> {
  try {
    await discard(machine1, name);
  } catch (error) {
    const first = cause instanceof Error ? cause.message : String(cause);
    const rest = error instanceof Error ? error.message : String(error);
    throw new BackendError('failed', `${first}; and what was made of it is there yet: ${rest}`, {
      hint: 'nobody sees it; mend that, and the next command on this name removes it',
      cause,
    });
  }
}

async function clone(
  context: Context,
  from: string,
  to: string,
  { readOnly, prepare }: Parameters<ManagedImages['clone']>[2],
  work: StorageWork,
): Promise<void> {
  const { machine1, folders } = context;
  const source = await requireImage(machine1, from);
  await stage(context, to, work, async (image) => {
    if (source.kind === 'directory') {
      await copyDirectory(folders.helperPath, source.path, image, work);
      copySettings(from, image.name);
    } else {
      await machine1.cloneImage(from, image.name, false, { abort: work.signal });
      keepSettingsModes(from, image.name);
    }
    const isChanged = hasTree(source) && (await prepare?.(image)) === true;
    if (readOnly) await machine1.markImageReadOnly(image.name, true);
    // A snapshot of btrfs is on disk when it is made: the file system commits it.
    return isChanged || source.kind !== 'subvolume';
  });
}

/** It loses its name first: a machine of which half is gone must not look like one. */
async function remove({ machine1, folders }: Context, name: string, work: StorageWork): Promise<void> {
  work.signal.throwIfAborted();
  const image = await requireImage(machine1, name);
  const hidden = removingName(name);
  await discard(machine1, hidden);
  if (!hasTree(image)) return await machine1.removeImage(name);
  refuseMounts(image.path);
  await takeName(machine1, name, hidden);
  if (image.kind === 'directory') await unlock(machine1, hidden);
  await removeTreeTelling(folders.helperPath, treePath(hidden), work);
  removeSettings(hidden);
}

async function requireImage(machine1: Machine1, name: string): Promise<ManagedImage> {
  const image = await findImage(machine1, name);
  if (image !== undefined) return image;
  throw new BackendError('no-such-machine', `there is no image "${name}"`, {
    hint: 'it may have been removed meanwhile: see `machinectl list-images --all`',
  });
}

function hasTree({ kind }: ManagedImage): boolean {
  return kind === 'directory' || kind === 'subvolume';
}
