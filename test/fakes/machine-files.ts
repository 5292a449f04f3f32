/** Files of fake machines: written, and read as the machine would see them. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { FileState, StorageWork } from '../../src/backends/storage.ts';
import type { CloneRequest, SnapshotRequest } from '../../src/machines/machines.ts';
import { readSnapshotIn, stateOfSnapshot } from '../../src/machines/snapshots/snapshot-file.ts';
import { loadMachine } from '../../src/machines/store/store.ts';
import { writableFolder } from './fake-storage.ts';
import type { MachinesFixture } from './machines-fixture.ts';

export function writeFileOf({ paths }: MachinesFixture, machine: string, path: string, text: string): void {
  const target = join(writableFolder(loadMachine(paths, machine).handle), path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, text);
}

/** Undefined if it has no such file. */
export function readFileOf(
  { paths, backend }: MachinesFixture,
  machine: string,
  path: string,
): string | undefined {
  return readIn(backend.storage.stateOf(loadMachine(paths, machine).handle), path);
}

export function readFileOfSnapshot(
  { paths }: MachinesFixture,
  machine: string,
  snapshot: string,
  path: string,
): string | undefined {
  const record = readSnapshotIn(paths.snapshot(machine, snapshot), snapshot);
  return readIn(stateOfSnapshot(paths, machine, snapshot, record), path);
}

function readIn({ driver, layers, tree }: FileState, path: string): string | undefined {
  const folders = [...(tree === undefined ? [] : [tree]), ...(driver === 'overlay' ? layers : [])];
  const found = folders.map((folder) => join(folder, path)).find((file) => existsSync(file));
  return found === undefined ? undefined : readFileSync(found, 'utf8');
}

/** Ids of all layers that lie there, those of images not counted. */
export function snapshotLayers({ paths }: MachinesFixture): readonly string[] {
  const all = existsSync(paths.layers) ? readdirSync(paths.layers) : [];
  return all.filter((id) => !readFileSync(join(paths.layer(id), 'layer.json'), 'utf8').includes('imageKey'));
}

export const work: StorageWork = { progress: () => {}, signal: new AbortController().signal };

export function snapshotRequest(changes: Partial<SnapshotRequest> = {}): SnapshotRequest {
  return {
    ...work,
    snapshot: undefined,
    comment: undefined,
    expiresAfterMs: undefined,
    keep: undefined,
    ...changes,
  };
}

export function cloneRequest(changes: Partial<CloneRequest> = {}): CloneRequest {
  return { ...work, keepIdentity: false, ...changes };
}
