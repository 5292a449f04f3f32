/** start: nothing is written but the journal's line; the kernel knows the rest. */
import { existsSync } from 'node:fs';
import type { StoredMachine } from '../config/spec.ts';
import { type Domain, record } from '../domain.ts';
import type { MachineEvent } from '../events/events.ts';
import { applyDiskLimit } from '../limits/disk-limit.ts';
import { wrongState } from '../recovery/settle.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { cancelRestart } from '../restarting/pending.ts';
import { step } from '../store/crash-points.ts';
import { FIRST_BOOT_FILE } from '../store/paths.ts';
import { loadMachine } from '../store/store.ts';
import { settleEnding } from './settle-ending.ts';

/** False: with `ifNeeded`, it ran already. */
export async function start(domain: Domain, name: string, ifNeeded: boolean): Promise<boolean> {
  const started = await withMachines(domain, [name], () =>
    startLocked(domain, loadMachine(domain.paths, name), ifNeeded),
  );
  if (started) await finishFirstBoot(domain, name);
  return started;
}

/** What needs a machine that has booted, and may take long. */
export async function finishFirstBoot(domain: Domain, name: string): Promise<void> {
  if (!existsSync(`${domain.paths.machine(name)}/${FIRST_BOOT_FILE}`)) return;
  const { afterBoot } = await import('../first-boot/carry-out.ts');
  await afterBoot(domain, loadMachine(domain.paths, name));
}

/** The caller holds the lock. */
export async function startLocked(
  domain: Domain,
  machine: StoredMachine,
  ifNeeded: boolean,
  details: MachineEvent['details'] = {},
): Promise<boolean> {
  const status = await settleEnding(domain, machine);
  if (ifNeeded && (status.state === 'running' || status.state === 'starting')) {
    return false;
  }
  if (status.state === 'running') {
    const hint = `to start it anew: tsmachine restart ${machine.name}; with --if-needed this is no error`;
    throw wrongState(machine.name, 'running', 'it is running already', hint);
  }
  if (status.state !== 'stopped') {
    throw wrongState(machine.name, status.state, `it is ${status.state} already`);
  }
  cancelRestart(domain, machine.name);
  await applyDiskLimit(domain, machine);
  step('start', 1);
  const { pid } = await startBackend(domain, machine);
  step('start', 2);
  record(domain, machine.name, 'started', { pid, ...details });
  step('start', 3);
  return true;
}

async function startBackend(domain: Domain, machine: StoredMachine): Promise<{ readonly pid: number }> {
  const { backend } = domain;
  if (!existsSync(`${machine.handle.directory}/${FIRST_BOOT_FILE}`)) return backend.start(machine.handle);
  const { beforeInit, pendingFirstBoot, waiting } = await import('../first-boot/carry-out.ts');
  const pending = pendingFirstBoot(machine);
  if (pending === undefined) return backend.start(machine.handle);
  const started = await backend.start(waiting(machine.handle));
  // A reboot is one of the machine as it is from now on.
  await backend.renewPlan(machine.handle);
  await beforeInit(domain, machine, pending);
  return started;
}
