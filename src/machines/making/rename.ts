/** rename, of a stopped machine: folder, id range and identity follow. A death in between is completed. */
import { existsSync } from 'node:fs';
import type { MachineHandle } from '../../backends/backend.ts';
import { renameDurably } from '../../files/atomic-file.ts';
import { storedMachine } from '../config/spec.ts';
import { type Domain, type Outcome, record } from '../domain.ts';
import { toMachineError } from '../error-conversion.ts';
import { MachineError } from '../errors.ts';
import { withLayersLock } from '../layers/layers-lock.ts';
import { checkMachineName } from '../names/machine-names.ts';
import { settle, wrongState } from '../recovery/settle.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { giveUpRestart } from '../restarting/pending.ts';
import { step } from '../store/crash-points.ts';
import { removeIntent, writeIntent } from '../store/intents.ts';
import { renameRanges } from '../store/ranges.ts';
import { withReserve } from '../store/reserve.ts';
import { loadMachine, machineExists } from '../store/store.ts';
import { type UndoFailure, type UndoStack, undoable } from '../store/undo.ts';

export async function rename(domain: Domain, name: string, newName: string): Promise<void> {
  checkMachineName(newName);
  const deed = async () => {
    const machine = loadMachine(domain.paths, name);
    if (machineExists(domain.paths, newName)) {
      throw new MachineError('exists', `there is a machine "${newName}" already`, {
        subject: newName,
        hint: 'choose another name',
      });
    }
    if (machine.config.ephemeral) {
      throw new MachineError('wrong-state', 'it is ephemeral: there is nothing to rename when it has ended', {
        subject: name,
        hint: `to keep it: tsmachine clone ${name} ${newName}`,
      });
    }
    const { status } = await settle(domain, machine);
    if (status.state !== 'stopped') {
      throw wrongState(
        name,
        status.state,
        `only a stopped machine can be renamed; this one is ${status.state}`,
      );
    }
    // Who waits has the old name. It comes back with a start.
    giveUpRestart(domain, name);
    await undoable(
      (undo) => renameSteps(domain, name, newName, undo),
      (cause, failures) => halfDone(cause, name, failures),
    );
  };
  await withReserve(domain.paths, () => withMachines(domain, [name, newName], deed));
}

/** The note of it stays then. */
function halfDone(cause: unknown, name: string, failures: readonly UndoFailure[]): MachineError {
  const error = toMachineError(cause, name);
  const rest = failures.map(({ what }) => what).join(', ');
  return new MachineError(error.code, `${error.message}; and it could not be undone: ${rest}`, {
    ...error,
    hint: `mend that (free some disk space if it is full): the next command on ${name} then completes the rename`,
    cause,
  });
}

async function renameSteps(domain: Domain, name: string, newName: string, undo: UndoStack): Promise<void> {
  const { paths, backend } = domain;
  const { config, handle } = loadMachine(paths, name);
  const intent = { operation: 'rename', name, newName } as const;

  step('rename', 1);
  undo.add('the note of this rename', (clean) => (clean ? removeIntent(paths, intent) : undefined));
  writeIntent(paths, intent);
  step('rename', 2);
  await move(domain, name, newName);
  undo.add('the folder', () => move(domain, newName, name));
  step('rename', 3);
  undo.add('the id range', () => renameRanges(domain, newName, name));
  await backend.renameIdRange(config.idRange, name, newName);
  step('rename', 4);
  const renamed = storedMachine(newName, config, paths).handle;
  undo.add('the identity', () => restoreIdentity(domain, { ...handle, directory: renamed.directory }));
  await backend.storage.writeIdentity(renamed);
  step('rename', 5);
  removeIntent(paths, intent);
  step('rename', 6);
  record(domain, newName, 'renamed', { from: name });
  step('rename', 7);
}

/** Of one whose command died. May be repeated. */
export async function completeRename(domain: Domain, name: string, newName: string): Promise<Outcome> {
  const { paths, backend } = domain;
  await withLayersLock(domain, async () => {
    if (existsSync(paths.machine(name)) && !existsSync(paths.machine(newName))) {
      renameDurably(paths.machine(name), paths.machine(newName));
    }
  });
  await renameRanges(domain, name, newName);
  try {
    await backend.storage.writeIdentity(loadMachine(paths, newName).handle);
  } catch {
    // A machine that spoiled its own /etc, or a broken config, must not block every command on it from now on.
  }
  return 'completed';
}

function move(domain: Domain, from: string, to: string): Promise<void> {
  const { paths } = domain;
  return withLayersLock(domain, async () => renameDurably(paths.machine(from), paths.machine(to)));
}

/** It fails where the new one could not be written either (a machine can spoil its own /etc); the rename is undone all the same. */
async function restoreIdentity(domain: Domain, handle: MachineHandle): Promise<void> {
  try {
    await domain.backend.storage.writeIdentity(handle);
  } catch {}
}
