/** A machine that runs, as machined has it: whoever started it, in whatever unit. */
import { BackendError } from '../../backend.ts';
import { dbusErrorName } from '../bus/bus-errors.ts';
import type { NspawnContext } from '../context.ts';
import { type MachineProperties, machinePath } from '../machine1.ts';
import { SYSTEMD1 } from '../systemd1.ts';
import { unitOfMachine } from '../unit-name.ts';

/** Undefined: machined knows of none, or no more. */
export async function findRunning(
  { machine1 }: NspawnContext,
  name: string,
): Promise<MachineProperties | undefined> {
  try {
    return await machine1.machineProperties(machinePath(name));
  } catch (error) {
    if (error instanceof BackendError && (error.code === 'not-running' || isGone(error))) return undefined;
    throw error;
  }
}

/** @throws BackendError 'not-running' */
export async function requireRunning(context: NspawnContext, name: string): Promise<MachineProperties> {
  const running = await findRunning(context, name);
  if (running === undefined) throw new BackendError('not-running', `${name} is not running`);
  return running;
}

/** In which it runs, or would. */
export async function unitOf(context: NspawnContext, name: string): Promise<string> {
  return (await findRunning(context, name))?.unit || unitOfMachine(name);
}

/** systemd forgets units that nobody needs; one that failed is kept until somebody says otherwise. */
export async function forgetFailure({ systemd1 }: NspawnContext, unit: string): Promise<void> {
  try {
    await systemd1.resetFailedUnit(unit);
  } catch (error) {
    if (dbusErrorName(error) !== `${SYSTEMD1}.NoSuchUnit`) throw error;
  }
}

/** One that is not there is no object. */
function isGone(error: BackendError): boolean {
  const name = dbusErrorName(error);
  return (
    name === 'org.freedesktop.DBus.Error.UnknownObject' ||
    name === 'org.freedesktop.DBus.Error.UnknownInterface'
  );
}
