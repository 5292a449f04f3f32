/** What dir and btrfs have in common: a machine's files are one whole tree, and so is each state that is kept. */
import { existsSync } from 'node:fs';
import { BackendError, type MachineHandle } from '../../backend.ts';
import type { FilePlace, FileState, KeptState, StorageWork } from '../../storage.ts';
import { moveTree } from './copy-tree.ts';
import { makeDirectory } from './directories.ts';
import type { StorageDriver } from './driver.ts';
import { storageDirectory, treeRoot } from './places.ts';
import { removeTree } from './remove-tree.ts';

/** How trees are made; each appears whole or not at all. */
export interface Trees {
  readonly name: 'dir' | 'btrfs';
  readonly examine: StorageDriver['examine'];
  readonly limitDisk?: StorageDriver['limitDisk'];
  /** The tree of a new machine from its layers. */
  make(machine: MachineHandle, target: string, work: StorageWork): Promise<void>;
  /** A copy of a tree that nobody writes to. */
  copy(source: string, target: string, work: StorageWork): Promise<void>;
  /** The machine's present tree, running or not, for others to read or (`writable`) write. Returns how long it stood still. */
  take(
    machine: MachineHandle,
    target: string,
    kind: 'kept' | 'writable',
    work: StorageWork,
  ): Promise<number | undefined>;
  /** Nothing writes to this tree any more. */
  seal(tree: string): Promise<void>;
}

export function createTreeDriver(trees: Trees): StorageDriver {
  return {
    name: trees.name,
    examine: trees.examine,
    ...(trees.limitDisk === undefined ? {} : { limitDisk: trees.limitDisk }),
    stateOf,
    stackOf: (machine) => [treeRoot(machine)],
    async prepare(machine, work) {
      await makeStorageDirectory(machine);
      if (!existsSync(treeRoot(machine))) await trees.make(machine, treeRoot(machine), work);
    },
    async keep(machine, place, work) {
      const done = existsSync(place.tree);
      const frozenMs = done ? undefined : await trees.take(machine, place.tree, 'kept', work);
      return kept(machine, place.tree, frozenMs);
    },
    replace: (machine, from, place, work) => replace(trees, machine, from, place, work),
    async clone(source, from, target, _layer, work) {
      const tree = treeRoot(target);
      await makeStorageDirectory(target);
      if (existsSync(tree)) return kept(source, tree, undefined);
      if (from === undefined) return kept(source, tree, await trees.take(source, tree, 'writable', work));
      await trees.copy(treeOf(from), tree, work);
      return kept(source, tree, undefined);
    },
  };
}

function stateOf(machine: MachineHandle): FileState {
  const { driver, layers } = machine.spec.storage;
  return { driver, layers, tree: treeRoot(machine) };
}

function kept(machine: MachineHandle, tree: string, frozenMs: number | undefined): KeptState {
  return { kept: { ...stateOf(machine), tree }, machineLayers: machine.spec.storage.layers, frozenMs };
}

/**
 * The next tree is made first, beside the place, so that only two renames lie between the old one and it. Dead between them, the
 * machine has no tree, but both are there; dead before, all is begun anew, or goes with the place; dead after, nothing is left to do.
 */
async function replace(
  trees: Trees,
  machine: MachineHandle,
  from: FileState,
  place: FilePlace,
  work: StorageWork,
): Promise<KeptState> {
  const root = treeRoot(machine);
  const next = `${place.tree}.next`;
  if (!existsSync(place.tree)) {
    await stage(treeOf(from), next, trees, work);
    moveTree(root, place.tree);
  }
  if (!existsSync(root)) moveTree(next, root);
  await trees.seal(place.tree);
  return { ...kept(machine, place.tree, undefined), machineLayers: from.layers };
}

async function stage(tree: string, next: string, trees: Trees, work: StorageWork): Promise<void> {
  await removeTree(next);
  await trees.copy(tree, next, work);
  if (!work.signal.aborted) return;
  await removeTree(next);
  throw work.signal.reason;
}

function treeOf({ driver, tree }: FileState): string {
  if (tree !== undefined && driver !== 'overlay') return tree;
  throw new BackendError('unsupported', `files that are kept by ${driver} cannot be used by another driver`);
}

async function makeStorageDirectory(machine: Pick<MachineHandle, 'directory'>): Promise<void> {
  makeDirectory(storageDirectory(machine), 0o700);
}
