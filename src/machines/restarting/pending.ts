/** Machines that are down and start again when the time has come: restarts/NAME.json, and a process that waits. */
import { readFileSync } from 'node:fs';
import { makeDirectory, writeAtomically } from '../../files/atomic-file.ts';
import { removeFile } from '../../files/remove-file.ts';
import { type Domain, record } from '../domain.ts';
import { readFolder } from '../store/store.ts';
import type { Waiter } from '../work/later.ts';

export interface PendingRestart {
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** 1 is the first since a person started it. */
  readonly attempt: number;
  readonly waiter: Waiter;
}

/** Who waits is the truth, not the file: one that is gone (killed, or of another boot) starts nothing. */
export function readPending(domain: Domain, name: string): PendingRestart | undefined {
  const pending = readFile(domain, name);
  return pending !== undefined && domain.later.isAlive(pending.waiter) ? pending : undefined;
}

/** All at once, for a list: most often there is none, and no folder. */
export function readAllPending(domain: Domain): ReadonlyMap<string, PendingRestart> {
  const names = readFolder(domain.paths.restarts).flatMap((file) => /^(.+)\.json$/.exec(file)?.[1] ?? []);
  return new Map(
    names.flatMap((name) => {
      const pending = readPending(domain, name);
      return pending === undefined ? [] : [[name, pending] as const];
    }),
  );
}

/** Takes the place of one that waits already. @throws the system's error */
export function addPending(domain: Domain, name: string, delayMs: number, attempt: number): void {
  cancelRestart(domain, name);
  const at = Date.now() + delayMs;
  const waiter = domain.later.after(delayMs, ['internal', 'restart', name]);
  try {
    makeDirectory(domain.paths.restarts);
    writeAtomically(fileOf(domain, name), JSON.stringify({ at, attempt, waiter } satisfies PendingRestart));
  } catch (error) {
    // One that nobody can find could not be cancelled.
    domain.later.cancel(waiter);
    throw error;
  }
}

/** True: one waited, and does not any more. The caller holds the machine's lock, so that who waits is not at work. */
export function cancelRestart(domain: Domain, name: string): boolean {
  const pending = readFile(domain, name);
  if (pending === undefined) return false;
  const waited = domain.later.isAlive(pending.waiter);
  domain.later.cancel(pending.waiter);
  removeFile(fileOf(domain, name));
  return waited;
}

/** True: it was down, and would have started again. */
export function giveUpRestart(domain: Domain, name: string): boolean {
  if (!cancelRestart(domain, name)) return false;
  record(domain, name, 'restart-cancelled');
  return true;
}

/** The restart that this very process waited for; another one has taken its place if undefined. */
export function takeOwnPending(domain: Domain, name: string): PendingRestart | undefined {
  const pending = readFile(domain, name);
  const self = domain.later.self();
  if (pending?.waiter.pid !== self.pid || pending.waiter.start !== self.start) return undefined;
  removeFile(fileOf(domain, name));
  return pending;
}

function fileOf({ paths }: Domain, name: string): string {
  return `${paths.restarts}/${name}.json`;
}

function readFile(domain: Domain, name: string): PendingRestart | undefined {
  try {
    const pending = JSON.parse(readFileSync(fileOf(domain, name), 'utf8')) as PendingRestart;
    return typeof pending.waiter.pid === 'number' && typeof pending.at === 'number' ? pending : undefined;
  } catch {
    return undefined;
  }
}
