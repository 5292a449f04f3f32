/** Images as machined tells of them. */
import type { ManagedImage } from '../../manager/images.ts';
import { dbusErrorName } from '../bus/bus-errors.ts';
import { type ImageProperties, imagePath, type ListedImage, type Machine1 } from '../machine1.ts';
import { exists, HOST, nameOfUnfinished, POOL, rawPath, treePath } from './pool.ts';

const KINDS: Readonly<Record<string, ManagedImage['kind']>> = {
  directory: 'directory',
  subvolume: 'subvolume',
  raw: 'raw',
  block: 'block',
};

/** Those that are machines', kept states or hidden; half-made ones are not among them. */
export async function listedImages(machine1: Machine1): Promise<readonly ListedImage[]> {
  const listed = await machine1.listImages();
  return listed.filter(({ name }) => name !== HOST && nameOfUnfinished(name) === undefined);
}

export async function imagesNamed(
  machine1: Machine1,
  isWanted: (name: string) => boolean,
): Promise<readonly ManagedImage[]> {
  const wanted = (await listedImages(machine1)).filter(({ name }) => isWanted(name));
  const images = await Promise.all(wanted.map((image) => imageOf(machine1, image)));
  return images.filter((image) => image !== undefined);
}

export async function findImage(machine1: Machine1, name: string): Promise<ManagedImage | undefined> {
  try {
    return ofProperties(await machine1.imageProperties(imagePath(name)));
  } catch (error) {
    if (isNoImage(error)) return undefined;
    throw error;
  }
}

/** One that lies where images do needs no more questions, but for what the file system counts. */
async function imageOf(machine1: Machine1, listed: ListedImage): Promise<ManagedImage | undefined> {
  const { name, type, readOnly, usage } = listed;
  const path = pathOf(name, type);
  if (path !== undefined && usage === null) {
    const times = { createdAt: milliseconds(listed.createdAt), modifiedAt: milliseconds(listed.modifiedAt) };
    const kind = KINDS[type] ?? 'directory';
    return { name, kind, path, readOnly, ...times, usageBytes: null, exclusiveBytes: null, limitBytes: null };
  }
  try {
    return ofProperties(await machine1.imageProperties(listed.path));
  } catch (error) {
    if (isNoImage(error)) return undefined;
    throw error;
  }
}

function pathOf(name: string, type: string): string | undefined {
  const path = type === 'raw' ? rawPath(name) : treePath(name);
  return path.startsWith(`${POOL}/`) && exists(path) ? path : undefined;
}

function ofProperties(image: ImageProperties): ManagedImage {
  return {
    name: image.name,
    kind: KINDS[image.type] ?? 'directory',
    path: image.path,
    readOnly: image.readOnly,
    createdAt: milliseconds(image.createdAt),
    modifiedAt: milliseconds(image.modifiedAt),
    usageBytes: image.usage,
    exclusiveBytes: image.usageExclusive,
    limitBytes: image.limit,
  };
}

function milliseconds(microseconds: number): number | null {
  return microseconds === 0 ? null : Math.floor(microseconds / 1000);
}

/** It went between two questions, or never was: one that is not there is no object. */
function isNoImage(error: unknown): boolean {
  if (dbusErrorName(error) === 'org.freedesktop.DBus.Error.UnknownObject') return true;
  return error instanceof Error && 'code' in error && error.code === 'no-such-machine';
}
