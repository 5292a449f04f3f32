/** start, by the manager. */
import { BackendError } from '../../../backends/backend.ts';
import type { ManagedImage } from '../../../backends/manager/images.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { ManagedMachine } from '../../../backends/manager/views.ts';
import { MachineError } from '../../errors.ts';
import { pendingFirstBoot } from '../first-boot/kept.ts';
import { requireMachine } from '../images/require-machine.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';
import { notInState } from './wrong-state.ts';

/**
 * False: it ran already, which is no error with `ifNeeded`, nor if somebody else started it and its first boot is still to be done: then that is
 * done now.
 */
export async function start(managed: ManagedDomain, name: string, ifNeeded: boolean): Promise<boolean> {
  const started = await withManaged(managed, [name], (manager) =>
    startLocked(managed, manager, name, ifNeeded),
  );
  await finishFirstBoot(managed, name);
  return started;
}

/** What somebody runs from elsewhere, in a unit of their own, is gone once it is down. @throws MachineError 'unsupported' */
export function startableImage({ name, unit, image }: ManagedMachine): ManagedImage {
  if (image !== null) return image;
  throw new MachineError(
    'unsupported',
    'it was started by hand, and nothing says how it would be started again',
    { subject: name, hint: `see how it was: systemctl status '${unit}'` },
  );
}

/** What needs a machine that has booted, and may take long. The caller holds no lock. */
export async function finishFirstBoot(managed: ManagedDomain, name: string): Promise<void> {
  const manager = await managed.manager();
  if ((await pendingFirstBoot(managed, manager, name)) === undefined) return;
  const { afterBoot } = await import('../first-boot/carry-out.ts');
  await afterBoot(managed, manager, name);
}

/** The caller holds the lock, and calls `finishFirstBoot` when it does not any more. */
export async function startLocked(
  managed: ManagedDomain,
  manager: Manager,
  name: string,
  ifNeeded: boolean,
): Promise<boolean> {
  const { status } = await requireMachine(manager, name);
  const pending = await pendingFirstBoot(managed, manager, name);
  const runs = status.state === 'running' || status.state === 'starting';
  if (runs && (ifNeeded || pending !== undefined)) return false;
  if (status.state === 'running') {
    const hint = `to start it anew: tsmachine restart ${name}; with --if-needed this is no error`;
    throw notInState(name, status, 'it is running already', hint);
  }
  // One that failed before is down, and is started again.
  if (status.state !== 'stopped' && status.state !== 'error') {
    throw notInState(name, status, `it is ${status.state} already`);
  }
  if (pending !== undefined) {
    const { beforeInit } = await import('../first-boot/carry-out.ts');
    await beforeInit(manager, name, pending);
  }
  try {
    await manager.life.start(name);
    return true;
  } catch (error) {
    // machinectl did it meanwhile.
    if (ifNeeded && error instanceof BackendError && error.code === 'already-running') return false;
    throw error;
  }
}
