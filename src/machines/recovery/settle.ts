/** What state a machine is in, after what is left of a dead one is cleaned up. The caller holds the machine's lock. */
import { existsSync } from 'node:fs';
import type { MachineStatus } from '../../backends/backend.ts';
import type { StoredMachine } from '../config/spec.ts';
import { type Domain, record } from '../domain.ts';
import { MachineError } from '../errors.ts';

export type SettledStatus = Exclude<MachineStatus, { readonly state: 'error' }>;

/** Collects a machine whose monitor died, tells the journal, and never answers `error`. */
export async function settle(
  domain: Domain,
  machine: StoredMachine,
): Promise<{ readonly status: SettledStatus; readonly collected: boolean }> {
  const status = domain.backend.status(machine.handle);
  if (status.state !== 'error') {
    return { status, collected: await collectRest(domain, machine, status) };
  }
  await collect(domain, machine);
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

/** Nothing runs, but the run directory is left, and perhaps groups. True: monitor and machine died together, as nobody has told yet. */
async function collectRest(domain: Domain, machine: StoredMachine, status: SettledStatus): Promise<boolean> {
  if (status.state !== 'stopped' || !existsSync(machine.handle.runDirectory)) {
    return false;
  }
  await collect(domain, machine);
  if (status.lastExit?.reason !== 'monitor-lost') {
    return false;
  }
  record(domain, machine.name, 'collected', { reason: 'its monitor died, and it with it' });
  return true;
}

/** What its limits did and the monitor did not live to tell is told first: with the groups go their counters. */
async function collect(domain: Domain, machine: StoredMachine): Promise<void> {
  const { tellLimitNews } = await import('../limits/tell.ts');
  await tellLimitNews(domain, machine);
  await domain.backend.collect(machine.handle);
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
