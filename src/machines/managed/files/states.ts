/** What a person calls a state of files: NAME (as it is now), NAME@SNAPSHOT, and what a state went on from. */
import type { ManagedImage } from '../../../backends/manager/images.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { FileState } from '../../../backends/storage.ts';
import { MachineError } from '../../errors.ts';
import type { NamedState } from '../../files/compare.ts';
import { findImage } from '../../images/image-file.ts';
import { checkSnapshotName } from '../../names/snapshot-names.ts';
import { checkManagedName, keptStateName, splitKeptState } from '../images/image-names.ts';
import type { OwnFacts } from '../images/own-facts.ts';
import { requireImageMachine, requireTree } from '../images/require-machine.ts';
import { factsOf } from '../images/written-facts.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { goesOnFrom, type KeptState, keptStates, requireKept } from '../snapshots/kept-states.ts';

export interface ManagedSource {
  readonly machine: string;
  readonly snapshot: string | undefined;
}

/** Of `NAME` or `NAME@SNAPSHOT`. Throws `usage`. */
export function parseManagedSource(source: string): ManagedSource {
  const { machine, snapshot } = splitKeptState(source);
  checkManagedName(machine);
  if (snapshot !== undefined) checkSnapshotName(snapshot);
  return { machine, snapshot };
}

/** Throws `no-such-machine`, `unsupported` for a disk image. */
export async function stateOfSource(manager: Manager, source: string): Promise<NamedState> {
  const { machine, snapshot } = parseManagedSource(source);
  if (snapshot === undefined) return stateOf(source, (await requireImageMachine(manager, machine)).image);
  return stateOf(source, (await requireKept(manager, machine, snapshot)).image);
}

export function stateOf(label: string, image: ManagedImage): NamedState {
  return { label, state: treeState(requireTree(image, 'looked at')) };
}

export function treeState(tree: string): FileState {
  return { driver: 'dir', layers: [], tree };
}

/** The kept state that it goes on from; of one without, the image of ours that it was made from. Throws `failed` if neither is known. */
export async function baseOfSource(managed: ManagedDomain, source: string): Promise<NamedState> {
  const manager = await managed.manager();
  const { machine, snapshot } = parseManagedSource(source);
  await requireImageMachine(manager, machine);
  const states = await keptStates(manager, machine);
  const state = snapshot === undefined ? undefined : await requireKept(manager, machine, snapshot);
  const facts = state?.facts ?? (await factsOf(manager, machine));
  const base = state === undefined ? goesOnFrom(facts, states) : parentOf(state, states);
  if (base !== undefined) return stateOf(keptStateName(machine, base.name), base.image);
  return imageOf(managed, facts) ?? nothingKnown(machine);
}

function parentOf({ facts }: KeptState, states: readonly KeptState[]): KeptState | undefined {
  return states.find(({ name }) => name === facts.parent);
}

function imageOf({ domain: { paths } }: ManagedDomain, { imageKey }: OwnFacts): NamedState | undefined {
  const image = imageKey === undefined ? undefined : findImage(paths, imageKey);
  if (image === undefined) return undefined;
  return {
    label: 'image',
    state: { driver: 'overlay', layers: image.layers.map(paths.layerTree), tree: undefined },
  };
}

function nothingKnown(machine: string): never {
  throw new MachineError(
    'failed',
    `what ${machine} was made from is not known, and no state of it was kept`,
    {
      subject: machine,
      hint: `name a state to compare with, NAME or NAME@SNAPSHOT; keep one of it: tsmachine snapshot ${machine}`,
    },
  );
}
