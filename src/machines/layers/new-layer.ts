/** layers/ID of a snapshot or clone: its folder is made first, and a storage driver may put its files there. */
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

/** layer.json is for people: nothing depends on it, so nobody waits for the disk. */
export function makeLayerFolder(paths: Paths, id: string, machine: string): void {
  const about = { version: 1, id, kind: 'snapshot', machine, createdAt: isoMoment(Date.now()) };
  makeDirectory(paths.layer(id));
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
