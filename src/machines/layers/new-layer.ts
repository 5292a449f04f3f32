/** layers/ID of what is kept of a machine's files: a storage driver makes the folder where it needs it. */
import { existsSync, rmdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeDirectory, writeWhole } from '../../files/atomic-file.ts';
import { randomHex } from '../../files/random-bytes.ts';
import { removeFile } from '../../files/remove-file.ts';
import type { Paths } from '../store/paths.ts';
import { isoMoment } from '../values/moments.ts';

export function newLayerId(): string {
  return randomHex(16);
}

/** Where files of a machine were put: layer.json is for people, nothing depends on it, so nobody waits for the disk. */
export function describeLayer(paths: Paths, id: string, machine: string): void {
  if (existsSync(paths.layerTree(id))) writeAbout(paths, id, machine);
}

/** Where somebody else than a driver will put them. */
export function makeLayerFolder(paths: Paths, id: string, machine: string): void {
  makeDirectory(paths.layer(id));
  writeAbout(paths, id, machine);
}

function writeAbout(paths: Paths, id: string, machine: string): void {
  const about = { version: 1, id, kind: 'snapshot', machine, createdAt: isoMoment(Date.now()) };
  writeWhole(aboutFile(paths.layer(id)), `${JSON.stringify(about, null, 2)}\n`);
}

/** No driver needed it, or nothing had changed. Most often there is nothing in it but what was written above. */
export function removeUnusedLayer(paths: Paths, id: string): void {
  const folder = paths.layer(id);
  if (existsSync(paths.layerTree(id)) || !existsSync(folder)) return;
  removeFile(aboutFile(folder));
  try {
    rmdirSync(folder);
  } catch {
    rmSync(folder, { recursive: true, force: true });
  }
}

function aboutFile(folder: string): string {
  return join(folder, 'layer.json');
}

/** A backend speaks of directories, the store of ids. */
export function layerIds(directories: readonly string[]): readonly string[] {
  return directories.map((directory) => basename(dirname(directory)));
}
