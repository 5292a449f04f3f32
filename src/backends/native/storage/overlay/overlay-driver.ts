/** overlay: read-only layers under one directory of changes; what is kept becomes a layer that nobody changes any more. */
import { existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { BackendError, type MachineHandle } from '../../../backend.ts';
import type { FileState, KeptState, StorageWork } from '../../../storage.ts';
import { copyTree } from '../copy-tree.ts';
import { makeDirectory } from '../directories.ts';
import type { RunningMachines, StorageDriver } from '../driver.ts';
import { overlayDirectories } from '../places.ts';
import { examineOverlay } from './examine-overlay.ts';
import { exchangeUpper, holdsNothing, makeUpper } from './upper.ts';

export function createOverlayDriver(machines: RunningMachines, helperPath: string): StorageDriver {
  const keep = (machine: MachineHandle, layer: string, work: StorageWork): Promise<KeptState> =>
    machines.isRunning(machine)
      ? keepRunning(machines, helperPath, machine, layer, work)
      : keepStopped(helperPath, machine, layer, work);
  return {
    name: 'overlay',
    examine: examineOverlay,
    stateOf,
    stackOf: (machine) => [overlayDirectories(machine).upper, ...machine.spec.storage.layers],
    prepare,
    keep: (machine, { layer }, work) => keep(machine, layer, work),
    async replace(machine, from, { layer }, work) {
      if (!existsSync(layer)) requireRoom(machine);
      await exchangeUpper(helperPath, machine, layer, { like: from.layers[0], filledFrom: from.tree }, work);
      return { kept: keptStack(machine, layer), machineLayers: from.layers, frozenMs: undefined };
    },
    async clone(source, from, target, layer, work) {
      const state: KeptState =
        from === undefined
          ? await keep(source, layer, work)
          : { kept: from, machineLayers: source.spec.storage.layers, frozenMs: undefined };
      makeDirectory(overlayDirectories(target).storage, 0o700);
      await makeUpper(helperPath, target, { like: state.kept.layers[0], filledFrom: state.kept.tree }, work);
      return { ...state, kept: { ...state.kept, tree: overlayDirectories(target).upper } };
    },
  };
}

function stateOf(machine: MachineHandle): FileState {
  const { driver, layers } = machine.spec.storage;
  const { upper } = overlayDirectories(machine);
  return { driver, layers, tree: existsSync(upper) ? upper : undefined };
}

async function prepare(machine: MachineHandle): Promise<void> {
  const { storage, upper, work } = overlayDirectories(machine);
  makeDirectory(storage, 0o700);
  // The root directory of the machine takes owner and mode from here.
  makeDirectory(upper, 0o755);
  makeDirectory(work, 0o700);
}

/** The changes move, and the machine goes on with none over one layer more. */
async function keepStopped(
  helperPath: string,
  machine: MachineHandle,
  layer: string,
  work: StorageWork,
): Promise<KeptState> {
  const { upper } = overlayDirectories(machine);
  const { layers } = machine.spec.storage;
  if (existsSync(upper)) {
    const done = existsSync(layer);
    // A copy that an earlier call made while the machine ran: its own changes are still where they were.
    const copied = done && !holdsNothing(upper, layer);
    if (copied || (!done && holdsNothing(upper, layers[0]))) {
      return { kept: keptStack(machine, layer), machineLayers: layers, frozenMs: undefined };
    }
  }
  if (!existsSync(layer)) requireRoom(machine);
  await exchangeUpper(helperPath, machine, layer, { like: upper, filledFrom: undefined }, work);
  const kept = keptStack(machine, layer);
  return { kept, machineLayers: kept.layers, frozenMs: undefined };
}

/** The changes are copied: overlayfs does not bear that they move while it is mounted. */
async function keepRunning(
  machines: RunningMachines,
  helperPath: string,
  machine: MachineHandle,
  layer: string,
  work: StorageWork,
): Promise<KeptState> {
  const { upper } = overlayDirectories(machine);
  const { layers } = machine.spec.storage;
  const needed = !existsSync(layer) && !holdsNothing(upper, layers[0]);
  if (needed) {
    requireRoom(machine);
    work.beforeKeeping?.();
    makeDirectory(dirname(layer), 0o700);
  }
  const frozenMs = needed
    ? await copyTree(helperPath, upper, layer, work, (copy) => machines.whileStill(machine, copy))
    : undefined;
  return { kept: keptStack(machine, layer), machineLayers: layers, frozenMs };
}

/** What the kernel stacks below one directory of changes: OVL_MAX_STACK. */
const MOST_LAYERS = 500;

/** With one layer more than the kernel takes, a machine would not start again, nor could what is kept be restored. */
function requireRoom({ spec }: MachineHandle): void {
  const { length } = spec.storage.layers;
  if (length < MOST_LAYERS) return;
  throw new BackendError(
    'unsupported',
    `its files lie in ${length} layers already, and overlayfs takes no more`,
    {
      hint: `Remove snapshots, for good, while it is stopped: tsmachine snapshot-remove ${spec.name} SNAPSHOT... --now`,
    },
  );
}

/** The machine's layers, under `layer` if there was something to keep in it. */
function keptStack(machine: MachineHandle, layer: string): FileState {
  const { driver, layers } = machine.spec.storage;
  const known = layers[0] === layer || !existsSync(layer);
  return { driver, layers: known ? layers : [layer, ...layers], tree: undefined };
}
