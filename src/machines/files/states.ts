/** What a person calls a state of files: NAME (as it is now), NAME@SNAPSHOT, and the image that a machine was made from. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MachineConfig } from '../config/config-schema.ts';
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { parseSource } from '../names/snapshot-names.ts';
import { loadUsableSnapshot } from '../snapshots/snapshot-file.ts';
import type { Paths } from '../store/paths.ts';
import { loadMachine } from '../store/store.ts';
import type { NamedState } from './compare.ts';

/** Throws `no-such-machine` or `invalid-config`. */
export function stateOfSource({ paths, backend }: Domain, source: string): NamedState {
  const { machine, snapshot } = parseSource(source);
  const { handle } = loadMachine(paths, machine);
  if (snapshot === undefined) return { label: source, state: backend.storage.stateOf(handle) };
  return { label: source, state: loadUsableSnapshot(paths, machine, snapshot).files };
}

/** Of the machine in a source. Throws `failed` if the image's layers are not known any more. */
export function imageOfSource({ paths }: Domain, source: string): NamedState {
  const { machine } = parseSource(source);
  const { config } = loadMachine(paths, machine);
  const layers = imageLayers(paths, config);
  if (layers.length === 0) {
    throw new MachineError('failed', `what image ${machine} was made from is not known any more`, {
      subject: machine,
      hint: 'name a state to compare with: NAME or NAME@SNAPSHOT',
    });
  }
  return { label: 'image', state: { driver: 'overlay', layers, tree: undefined } };
}

/** The lowest layers, up to the first one that some machine made. */
function imageLayers(paths: Paths, { storage }: MachineConfig): readonly string[] {
  const first = storage.layers.findLastIndex((id) => !isOfImage(paths, id));
  return storage.layers.slice(first + 1).map(paths.layerTree);
}

function isOfImage(paths: Paths, id: string): boolean {
  try {
    const about = JSON.parse(readFileSync(join(paths.layer(id), 'layer.json'), 'utf8'));
    return typeof about.imageKey === 'string';
  } catch {
    return false;
  }
}
