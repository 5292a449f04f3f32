/** What came out of an archive becomes what a storage driver keeps: layers, or whole trees. */
import { mkdirSync } from 'node:fs';
import type { MachineHandle } from '../../../backend.ts';
import type { StorageWork, UnpackedState } from '../../../storage.ts';
import { createSubvolume, makeReadOnly } from '../btrfs/subvolumes.ts';
import { moveTree, syncFileSystem } from '../copy-tree.ts';
import { makeDirectory } from '../directories.ts';
import { makeUpper } from '../overlay/upper.ts';
import { overlayDirectories, storageDirectory, treeRoot } from '../places.ts';
import { makeWhiteouts } from '../trees/changing.ts';
import { copyFromView } from '../trees/copying.ts';

export interface Adoption {
  readonly helperPath: string;
  readonly machine: MachineHandle;
  readonly states: readonly UnpackedState[];
  /** A directory for this work alone. */
  readonly workDirectory: string;
  readonly work: StorageWork;
}

/** The layers of each state, top first: none where states are whole trees. */
export async function adoptStates(adoption: Adoption): Promise<readonly (readonly string[])[]> {
  const { helperPath, machine, states } = adoption;
  makeDirectory(storageDirectory(machine), 0o700);
  for (const { directory, removed } of states) {
    await makeWhiteouts(
      helperPath,
      directory,
      removed.map((path) => path.toString('latin1')),
    );
  }
  if (machine.spec.storage.driver === 'overlay') return await adoptLayers(adoption);
  await adoptTrees(adoption);
  return states.map(() => []);
}

async function adoptLayers({
  helperPath,
  machine,
  states,
  work,
}: Adoption): Promise<readonly (readonly string[])[]> {
  const stacks = stacksOf(states, ({ place }) => place.layer);
  for (const { directory, place } of states) moveTree(directory, place.layer);
  const present = states.findIndex(({ place }) => place.tree === undefined);
  await makeUpper(helperPath, machine, { like: stacks[present]?.[0], filledFrom: undefined }, work);
  await syncFileSystem(overlayDirectories(machine).upper, work);
  return stacks;
}

/** Each state's directory upon those that it goes on from, top first. */
function stacksOf(
  states: readonly UnpackedState[],
  directoryOf: (state: UnpackedState) => string,
): readonly (readonly string[])[] {
  const stacks: (readonly string[])[] = [];
  for (const state of states) {
    stacks.push([directoryOf(state), ...(state.base === undefined ? [] : (stacks[state.base] ?? []))]);
  }
  return stacks;
}

async function adoptTrees(adoption: Adoption): Promise<void> {
  const { machine, states, work } = adoption;
  const stacks = stacksOf(states, ({ directory }) => directory);
  const isBtrfs = machine.spec.storage.driver === 'btrfs';
  for (const [number, { directory, place }] of states.entries()) {
    work.signal.throwIfAborted();
    const target = place.tree ?? treeRoot(machine);
    if (states.length === 1 && !isBtrfs) moveTree(directory, target);
    else await copyStack(adoption, stacks[number] ?? [], target, isBtrfs);
    if (isBtrfs && place.tree !== undefined) await makeReadOnly(target);
  }
  await syncFileSystem(storageDirectory(machine), work);
}

async function copyStack(
  { helperPath, workDirectory, work }: Adoption,
  layers: readonly string[],
  target: string,
  isBtrfs: boolean,
): Promise<void> {
  const at = `${workDirectory}/view`;
  mkdirSync(at, { recursive: true, mode: 0o700 });
  if (isBtrfs) await createSubvolume(target);
  await copyFromView(helperPath, { layers, at }, '', target, { signal: work.signal });
}
