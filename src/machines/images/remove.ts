/**
 * image remove and prune: the image loses its name first, and its layers go as far as nothing names them. In this order a create that
 * has found the image either sees that it went, or its config is seen here. Loaded lazily.
 */

import type { StorageWork } from '../../backends/storage.ts';
import { syncDirectory } from '../../files/atomic-file.ts';
import { removeFile } from '../../files/remove-file.ts';
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { deleteDoomedLayers, doomFreeLayers, findFreeLayers } from '../layers/free-layers.ts';
import { isUnused, usersOf } from '../layers/layer-users.ts';
import { withLayersLock } from '../layers/layers-lock.ts';
import { readReferences } from '../layers/references.ts';
import type { ImageSummary, LayerUsers, PrunedImages, RemovedImage } from '../machines.ts';
import { nearest } from '../names/nearest.ts';
import { lockNames } from '../store/lock.ts';
import { brokenOff, createRemover } from '../trash/remover.ts';
import { fileNameOf, imageLock } from './image-file.ts';
import { bytesOfLayers, images } from './list.ts';

/** `given`: keys, or beginnings that only one key has. All of them or, if one does not exist, none. */
export async function removeImages(
  domain: Domain,
  given: readonly string[],
  work: StorageWork,
): Promise<readonly RemovedImage[]> {
  const all = await images(domain);
  const wanted = new Set(given.map((word) => findByPrefix(all, word)));
  const removed = await takeAway(domain, [...wanted], () => true, work);
  return removed.map((one) => {
    const { image, usedBy, keptFor } = one;
    return { key: image.key, freedBytes: freedBytes(one), usedBy, keptFor };
  });
}

/** All that nothing uses, and layers that nobody names. `dryRun`: tells only. */
export async function pruneImages(domain: Domain, dryRun: boolean, work: StorageWork): Promise<PrunedImages> {
  requireReadable(domain);
  const unused = (await images(domain)).filter(({ usedBy }) => isUnused(usedBy));
  const strays = findFreeLayers(domain.paths).ids;
  const strayBytes = await bytesOfLayers(domain, strays);
  const gone = dryRun ? unused : (await takeAway(domain, unused, isUnused, work)).map(({ image }) => image);
  return {
    images: gone.map(({ key, bytes }) => ({ key, bytes })),
    layers: strays.length,
    freedBytes: gone.reduce((sum, { bytes }) => sum + bytes, strayBytes),
  };
}

interface TakenAway {
  readonly image: ImageSummary;
  /** What uses its layers still. */
  readonly usedBy: LayerUsers;
  /** A file that cannot be read, and may name its layers. */
  readonly keptFor: string | null;
}

/** Those of the candidates that are `going` also when they are looked at once more. */
async function takeAway(
  domain: Domain,
  candidates: readonly ImageSummary[],
  going: (usedBy: LayerUsers) => boolean,
  work: StorageWork,
): Promise<readonly TakenAway[]> {
  if (work.signal.aborted) throw brokenOff('nothing is removed', work.signal.reason);
  const taken = await withImageLocks(domain, candidates, () =>
    withLayersLock(domain, async () => takeNames(domain, candidates, going)),
  );
  try {
    await deleteDoomedLayers(domain, createRemover(domain, work));
  } catch (error) {
    throw brokenOff('what was named is removed, but not all of its files yet', error, REST_OF_LAYERS);
  }
  return taken;
}

function freedBytes({ image, usedBy, keptFor }: TakenAway): number {
  return keptFor === null && isUnused(usedBy) ? image.bytes : 0;
}

const REST_OF_LAYERS =
  '`tsmachine image prune` deletes the rest, as does the next command that removes layers';

/** Nobody builds one of them meanwhile. */
async function withImageLocks<T>(
  { paths, lock, lockWaitMs }: Domain,
  candidates: readonly ImageSummary[],
  work: () => Promise<T>,
): Promise<T> {
  if (candidates.length === 0) return work();
  const names = candidates.map(({ key }) => imageLock(fileNameOf(key)));
  const locks = await lockNames(paths.locks, lock, names, lockWaitMs);
  try {
    return await work();
  } finally {
    names.forEach(locks.forget);
    locks.release();
  }
}

/** The caller holds the locks of the images and that of the layers. */
function takeNames(
  domain: Domain,
  candidates: readonly ImageSummary[],
  going: (usedBy: LayerUsers) => boolean,
): readonly TakenAway[] {
  const { paths } = domain;
  const before = readReferences(paths).stacks;
  const chosen = candidates.filter(({ layers }) => going(usersOf(paths, before, layers)));
  for (const { key } of chosen) removeFile(paths.image(fileNameOf(key)));
  if (chosen.length > 0) syncDirectory(paths.images);
  const keptFor = doomFreeLayers(domain)?.unreadable ?? null;
  const { stacks } = readReferences(paths);
  return chosen.map((image) => ({ image, usedBy: usersOf(paths, stacks, image.layers), keptFor }));
}

/** Otherwise what seems unused may be named by what cannot be read. */
function requireReadable({ paths }: Domain): void {
  const [path] = readReferences(paths).unreadable;
  if (path === undefined) return;
  throw new MachineError('invalid-config', `${path} cannot be read, and may use any image`, {
    path,
    hint: 'repair it, or remove what it belongs to',
  });
}

function findByPrefix(images: readonly ImageSummary[], word: string): ImageSummary {
  const exact = images.find(({ key }) => key === word);
  const found = exact === undefined ? images.filter(({ key }) => key.startsWith(word)) : [exact];
  const [image] = found;
  if (image !== undefined && found.length === 1 && word !== '') return image;
  const keys = images.map(({ key }) => key);
  if (found.length > 1) {
    throw new MachineError('usage', `${found.length} images begin with "${word}"`, {
      subject: word,
      hint: `one of: ${found.map(({ key }) => key).join(', ')}`,
    });
  }
  const meant = nearest(word, keys);
  throw new MachineError('no-such-machine', `there is no image "${word}"`, {
    subject: word,
    hint: meant === undefined ? 'see `tsmachine image list`' : `did you mean "${meant}"?`,
  });
}
