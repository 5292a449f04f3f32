/** A machine whose files are copied must not write meanwhile. */
import { BackendError } from '../../../backends/backend-error.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { MachineError } from '../../errors.ts';
import { wrongState } from '../../recovery/settle.ts';
import type { ImageMachine } from '../images/require-machine.ts';
import { FREEZE_MS, forgetFreezing, noteFreezing } from '../recovery/freezing.ts';

/**
 * Freezes a running machine unless its file system keeps states by itself at once, and thaws it on every way out. `copy` may let it go on
 * before it has ended, by what it is given. Returns how long it stood still, in milliseconds; undefined if it did not have to.
 * @throws MachineError 'wrong-state', 'unsupported'
 */
export async function whileStill(
  manager: Manager,
  machine: ImageMachine,
  copy: (goOn: () => Promise<number | undefined>) => Promise<void>,
): Promise<number | undefined> {
  if (!mustFreeze(machine)) {
    await copy(async () => undefined);
    return undefined;
  }
  const { name } = machine;
  await freeze(manager, name);
  const since = performance.now();
  let stoodStill: number | undefined;
  const goOn = async () => {
    if (stoodStill !== undefined) return stoodStill;
    await manager.life.unfreeze(name, FREEZE_MS);
    stoodStill = Math.round(performance.now() - since);
    await forgetFreezing(manager, name);
    return stoodStill;
  };
  try {
    await copy(goOn);
  } finally {
    await goOn();
  }
  return stoodStill;
}

function mustFreeze({ name, status, image }: ImageMachine): boolean {
  const { state } = status;
  if (state === 'stopped' || state === 'error') return false;
  if (image.kind === 'raw') {
    const words = `its files are in a disk image, which is whole only when the machine is stopped; it is ${state}`;
    throw new MachineError('unsupported', words, { subject: name, hint: stopFirst(name) });
  }
  if (image.kind === 'subvolume' || state === 'frozen') return false;
  if (state !== 'running') throw wrongState(name, state);
  return true;
}

async function freeze(manager: Manager, name: string): Promise<void> {
  await noteFreezing(manager, name);
  try {
    await manager.life.freeze(name, FREEZE_MS);
  } catch (cause) {
    await forgetFreezing(manager, name);
    if (!(cause instanceof BackendError) || cause.code !== 'unsupported') throw cause;
    throw new MachineError(
      'unsupported',
      `it runs, and cannot be frozen while it is copied: ${cause.message}`,
      {
        subject: name,
        hint: stopFirst(name),
        cause,
      },
    );
  }
}

function stopFirst(name: string): string {
  return `stop it first: tsmachine stop ${name}`;
}
