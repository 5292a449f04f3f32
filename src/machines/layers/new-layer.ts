/** layers/ID of a snapshot or clone: its folder is made first, and a storage driver may put its files there. */
import { existsSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { makeDirectory, writeWhole } from '../../files/atomic-file.ts';
import { randomHex } from '../../files/random-bytes.ts';
import type { Paths } from '../store/paths.ts';

export function newLayerId(): string {
  return randomHex(16);
}

/** layer.json is for people: nothing depends on it, so nobody waits for the disk. */
export function makeLayerFolder(paths: Paths, id: string, machine: string): void {
  const about = { version: 1, id, kind: 'snapshot', machine, createdAt: new Date().toISOString() };
  makeDirectory(paths.layer(id));
  writeWhole(join(paths.layer(id), 'layer.json'), `${JSON.stringify(about, null, 2)}\n`);
}

/** No driver needed it, or nothing had changed. */
export function removeUnusedLayer(paths: Paths, id: string): void {
  if (!existsSync(paths.layerTree(id))) {
    rmSync(paths.layer(id), { recursive: true, force: true });
  }
}

/** A backend speaks of directories, the store of ids. */
export function layerIds(directories: readonly string[]): readonly string[] {
  return directories.map((directory) => basename(dirname(directory)));
}
