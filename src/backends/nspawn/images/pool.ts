/** Where images lie (machined's pool), what names there are ours, and the settings that lie with them. */
import { lstatSync, mkdirSync, readdirSync } from 'node:fs';

export const POOL = '/var/lib/machines';
/** Where systemd-nspawn looks for settings, in this order; machined renames and removes them with the image. */
const SETTINGS_FOLDERS = ['/etc/systemd/nspawn', '/run/systemd/nspawn', POOL] as const;
const SETTINGS_END = '.nspawn';
/** The host itself, which machined has among images. */
export const HOST = '.host';

/** An image that is being made for a name. */
const MAKING = '.tsmachine-making.';
/** One that goes for good, whose files are not all there any more. */
const REMOVING = '.tsmachine-removing.';

export function makingName(name: string): string {
  return `${MAKING}${name}`;
}

export function removingName(name: string): string {
  return `${REMOVING}${name}`;
}

/** For what name work is under way, or was; undefined of any other image. */
export function nameOfUnfinished(image: string): string | undefined {
  const prefix = [MAKING, REMOVING].find((one) => image.startsWith(one));
  return prefix === undefined ? undefined : image.slice(prefix.length);
}

/** Of a directory or subvolume. */
export function treePath(image: string): string {
  return `${POOL}/${image}`;
}

/** Of a raw image. */
export function rawPath(image: string): string {
  return `${POOL}/${image}.raw`;
}

export function settingsPaths(image: string): readonly string[] {
  return SETTINGS_FOLDERS.map((folder) => `${folder}/${image}${SETTINGS_END}`);
}

/** For root alone, as machined makes it: what machines have is not for the host's users. */
export function makePool(): void {
  mkdirSync(POOL, { recursive: true, mode: 0o700 });
}

export interface HiddenNames {
  readonly images: readonly string[];
  /** Of settings, whether or not there is an image. */
  readonly settings: readonly string[];
}

export function hiddenNames(): HiddenNames {
  const images = readNames(POOL)
    .filter((file) => !file.endsWith(SETTINGS_END))
    .map((file) => file.replace(/\.raw$/, ''));
  const settings = SETTINGS_FOLDERS.flatMap(readNames)
    .filter((file) => file.endsWith(SETTINGS_END))
    .map((file) => file.slice(0, -SETTINGS_END.length));
  return { images: images.filter(isHidden), settings: [...new Set(settings.filter(isHidden))] };
}

/** `.#` are files of systemd's own, such as locks. */
function isHidden(name: string): boolean {
  return name.startsWith('.') && !name.startsWith('.#') && name !== HOST;
}

export function exists(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function readNames(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
