/** What a dead command left and recovery cannot settle: the error that names the way out, and that way. Loaded lazily. */
import { join } from 'node:path';
import { type Domain, record } from '../domain.ts';
import { toMachineError } from '../error-conversion.ts';
import { MachineError } from '../errors.ts';
import { type Intent, namesOf, removeIntent, writeIntent } from '../store/intents.ts';
import { renameRanges } from '../store/ranges.ts';
import { machineExists } from '../store/store.ts';

/** `busy` stays what it is: that passes by itself. */
export function unsettledError(domain: Domain, intent: Intent, cause: unknown): MachineError {
  const error = toMachineError(cause, intent.name);
  if (error.code === 'busy') return error;
  const note = join(domain.paths.intents, `${intent.name}.json`);
  const why = cause instanceof TypeError ? `${note} is damaged (${error.message})` : error.message;
  const words = `an interrupted ${intent.operation} of ${intent.name} cannot be settled: ${why}`;
  return new MachineError(error.code, words, { ...error, hint: wayOut(domain, intent), cause });
}

/** What a person can do about a rest that cannot be settled. */
export function wayOut({ paths }: Domain, intent: Intent): string {
  const mend = 'mend that (free some disk space if it is full), and the next command on it goes on';
  const machine = namesOf(intent).find((name) => machineExists(paths, name));
  return machine === undefined
    ? mend
    : `${mend}; or give the machine up, for good: tsmachine destroy ${machine} --now`;
}

/**
 * `machine` goes for good, and what was meant for it alone with it. What another machine has of an intent stays as it is: a clone
 * that was not whole is still cleaned away, under its own name.
 */
export async function giveUp(domain: Domain, intent: Intent, machine: string): Promise<void> {
  const { paths, backend } = domain;
  if (intent.operation === 'clone' && intent.source === machine) {
    writeIntent(paths, { operation: 'create', name: intent.name });
  } else {
    // Best effort: doctor names a folder that stays.
    await backend.storage.remove(paths.staging(intent.name)).catch(() => {});
    removeIntent(paths, intent);
  }
  if (intent.operation === 'rename') {
    const other = intent.name === machine ? intent.newName : intent.name;
    if (!machineExists(paths, other)) await renameRanges(domain, other, machine);
  }
  record(domain, machine, 'recovered', { operation: intent.operation, outcome: 'given up' });
}
