/** An image on disk: images/KEY.json, which names layers/ID. Its name lives as long as the file; its layers as long as anything names them. */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeDirectory, writeAtomically } from '../../files/atomic-file.ts';
import type { Paths } from '../store/paths.ts';
import { readFolder } from '../store/store.ts';

export interface Image {
  readonly key: string;
  /** Top first. */
  readonly layers: readonly string[];
}

/** What a person wants to know of it; images of older versions do not tell. */
export interface StoredImage extends Image {
  readonly template?: string;
  readonly options?: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly createdAt?: string;
}

const SUFFIX = '.json';

/** Undefined if it is missing or not whole: building it again makes it whole. */
export function findImage(paths: Paths, key: string): Image | undefined {
  const image = readImageFile(paths, fileNameOf(key));
  return image !== undefined && problemOf(paths, image) === null ? image : undefined;
}

export function saveImage(paths: Paths, image: StoredImage): void {
  const path = paths.image(fileNameOf(image.key));
  makeDirectory(dirname(path));
  writeAtomically(path, `${JSON.stringify(image, null, 2)}\n`);
}

/** The files' names without their end, also of those that cannot be read. */
export function readImageFiles(paths: Paths): readonly string[] {
  return readFolder(paths.images)
    .filter((name) => name.endsWith(SUFFIX))
    .map((name) => name.slice(0, -SUFFIX.length))
    .sort();
}

export function readImageFile(paths: Paths, file: string): StoredImage | undefined {
  try {
    const image = JSON.parse(readFileSync(paths.image(file), 'utf8')) as StoredImage;
    return Array.isArray(image.layers) && typeof image.key === 'string' ? image : undefined;
  } catch {
    return undefined;
  }
}

/** Why no machine can be made from it; null if one can. */
export function problemOf(paths: Paths, { layers }: Image): string | null {
  const missing = layers.find((id) => !existsSync(paths.layerTree(id)));
  return missing === undefined ? null : `its layer ${missing} is gone`;
}

/** A file that cannot be read goes by its own name. Sorted. */
export function imageKeys(paths: Paths): readonly string[] {
  return readImageFiles(paths)
    .map((file) => readImageFile(paths, file)?.key ?? file)
    .sort();
}

/** No machine has a dot in its name. */
export function imageLock(file: string): string {
  return `image.${file}`;
}

/** Keys are the templates' words; a file name takes only some of them, and 255 bytes. */
export function fileNameOf(key: string): string {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(key) ? key : digestOf(key);
}

/** The id follows from the key: a layer that lost its image, and is used still, is taken over and not doubled. */
export function imageLayerId(key: string): string {
  return digestOf(key);
}

function digestOf(key: string): string {
  return createHash('sha256').update(key).digest('hex').slice(0, 32);
}
