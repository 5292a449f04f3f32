/** What machined says of images, as the seam has it. */
import type { ManagedImage } from '../../manager/images.ts';
import { namesIn } from '../folder-names.ts';
import type { ImageProperties, ListedImage } from '../machine1.ts';

/** Of those that are no directories, the end of the file's name. */
const RAW = '.raw';

const kinds: ReadonlySet<string> = new Set(['directory', 'subvolume', 'raw', 'block']);

/** A kind that is newer than this is a file like any other. */
function kindOf(type: string): ManagedImage['kind'] {
  return kinds.has(type) ? (type as ManagedImage['kind']) : 'raw';
}

/** Of a list, which does not tell paths, limits and exclusive bytes: those would be one more call for each image. */
export function listedImage(image: ListedImage, folderOf: (image: ListedImage) => string): ManagedImage {
  const { name, type, readOnly, createdAt, modifiedAt, usage } = image;
  return {
    name,
    kind: kindOf(type),
    path: `${folderOf(image)}/${fileName(image)}`,
    readOnly,
    createdAt: milliseconds(createdAt),
    modifiedAt: milliseconds(modifiedAt),
    usageBytes: usage,
    exclusiveBytes: null,
    limitBytes: null,
  };
}

export function imageOfProperties(image: ImageProperties): ManagedImage {
  const { name, type, path, readOnly, createdAt, modifiedAt, usage, usageExclusive, limit } = image;
  return {
    name,
    kind: kindOf(type),
    path,
    readOnly,
    createdAt: milliseconds(createdAt),
    modifiedAt: milliseconds(modifiedAt),
    usageBytes: usage,
    exclusiveBytes: usageExclusive,
    limitBytes: limit,
  };
}

function milliseconds(microseconds: number): number | null {
  return microseconds === 0 ? null : Math.trunc(microseconds / 1000);
}

/** Which folder an image is in: the first that has it, as machined looks. */
export function imageFolders(folders: readonly string[]): (image: ListedImage) => string {
  const found = folders.map((folder) => ({ folder, names: new Set(namesIn(folder)) }));
  const usual = folders.find((folder) => folder === '/var/lib/machines') ?? folders[0] ?? '';
  return (image) => found.find(({ names }) => names.has(fileName(image)))?.folder ?? usual;
}

function fileName({ name, type }: Pick<ListedImage, 'name' | 'type'>): string {
  return kindOf(type) === 'raw' ? `${name}${RAW}` : name;
}
