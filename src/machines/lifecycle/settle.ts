/** What state a machine is in, after what is left of a dead one is cleaned up. The caller holds the machine's lock. */
import { existsSync } from 'node:fs';
import type { MachineStatus } from '../../backends/backend.ts';
import { type Domain, record } from '../domain.ts';
import { MachineError } from '../errors.ts';
import type { StoredMachine } from '../spec.ts';

export type SettledStatus = Exclude<MachineStatus, { readonly state: 'error' }>;

/** Collects a machine whose monitor died, tells the journal, and never answers `error`. */
export async function settle(
  domain: Domain,
  machine: StoredMachine,
): Promise<{ readonly status: SettledStatus; readonly collected: boolean }> {
  const status = domain.backend.status(machine.handle);
  if (status.state !== 'error') {
    await collectUnseenEnd(domain, machine, status);
    return { status, collected: false };
  }
  await domain.backend.collect(machine.handle);
  record(domain, machine.name, 'collected', { reason: status.reason });
  const now = domain.backend.status(machine.handle);
  if (now.state === 'error') {
    throw new MachineError('failed', `what is left of it could not be cleaned up: ${now.reason}`, {
      subject: machine.name,
      hint: 'see `tsmachine doctor`',
    });
  }
  return { status: now, collected: true };
}

/** Monitor and machine died together: nothing runs, but groups and the run directory are left, and nobody told the journal. */
async function collectUnseenEnd(
  domain: Domain,
  machine: StoredMachine,
  status: SettledStatus,
): Promise<void> {
  const unseen = status.state === 'stopped' && status.lastExit?.reason === 'monitor-lost';
  if (unseen && existsSync(machine.handle.runDirectory)) {
    await domain.backend.collect(machine.handle);
    record(domain, machine.name, 'collected', { reason: 'its monitor died, and it with it' });
  }
}

const hints: Readonly<Record<SettledStatus['state'], (name: string) => string>> = {
  stopped: (name) => `start it first: tsmachine start ${name}`,
  starting: (name) => `wait for it: tsmachine wait ${name} --state running`,
  running: (name) => `stop it first: tsmachine stop ${name}`,
  freezing: (name) => `thaw it first: tsmachine unfreeze ${name}`,
  frozen: (name) => `thaw it first: tsmachine unfreeze ${name}`,
  stopping: (name) => `wait for it: tsmachine wait ${name} --state stopped`,
};

/** "the machine is frozen", with what to do about it; `given`: null where nothing is to be done. */
export function wrongState(
  name: string,
  state: SettledStatus['state'],
  words = `the machine is ${state}`,
  given: string | null = hints[state](name),
): MachineError {
  const hint = given ?? undefined;
  return new MachineError('wrong-state', words, { subject: name, hint });
}
