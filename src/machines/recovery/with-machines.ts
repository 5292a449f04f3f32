/** Every command that changes a machine runs in here: under its lock, after what a dead command left is settled. */
import type { Domain } from '../domain.ts';
import { isBound, markedNames, whoLooksAfter } from '../ephemeral/marks.ts';
import { MachineError } from '../errors.ts';
import { checkMachineName } from '../names/machine-names.ts';
import { isAbandoned, namesOf, type RecordedIntent, readIntents } from '../store/intents.ts';
import { type HeldLocks, lockNames } from '../store/lock.ts';
import { machineExists } from '../store/store.ts';
import { loadEvenBroken } from './unreadable.ts';

export interface LockedWork {
  /** A machine that goes for good, for which nothing needs to be settled that cannot be. */
  readonly givenUp?: string | undefined;
  /** It can be done on a file system that became read-only. */
  readonly writesNothing?: boolean;
}

/** Throws `busy` if another command keeps one of the names for longer than the domain's waiting time. */
export async function withMachines<T>(
  domain: Domain,
  names: readonly string[],
  work: () => Promise<T>,
  about: LockedWork = {},
): Promise<T> {
  names.forEach(checkMachineName);
  const locks = await lockAndRecover(domain, names, domain.lockWaitMs, about);
  try {
    await sweepAbandoned(domain, locks.names);
    await sweepEphemeral(domain, locks.names);
    return await work();
  } finally {
    release(domain, locks);
  }
}

/** An unfinished rename drags its other name in; so the locks are let go and taken again with it, in sorted order. */
async function lockAndRecover(
  domain: Domain,
  names: readonly string[],
  waitMs: number,
  { givenUp, writesNothing = false }: LockedWork = {},
): Promise<HeldLocks> {
  let wanted = names;
  for (;;) {
    const locks = await lockOrTell(domain, wanted, waitMs, writesNothing);
    // Nothing can be settled there, nor the name of another be locked that has no file yet.
    if (locks.isReadOnly) return locks;
    const intents = intentsAbout(domain, locks.names);
    const missing = intents.flatMap(namesOf).filter((name) => !locks.names.includes(name));
    if (missing.length === 0) {
      return recoverAll(domain, intents, locks, givenUp);
    }
    locks.release();
    wanted = [...wanted, ...missing];
  }
}

/** Who has to wait is told for what. */
async function lockOrTell(
  { paths, lock }: Domain,
  names: readonly string[],
  waitMs: number,
  writesNothing: boolean,
): Promise<HeldLocks> {
  try {
    return await lockNames(paths.locks, lock, names, waitMs, writesNothing);
  } catch (error) {
    if (!(error instanceof MachineError && error.code === 'busy')) throw error;
    const { subject = '' } = error;
    const deed = readIntents(paths).find(
      (intent) => namesOf(intent).includes(subject) && !isAbandoned(intent),
    );
    if (deed === undefined) throw error;
    throw new MachineError('busy', `${error.message}: ${deed.operation}`, { ...error, cause: error });
  }
}

async function recoverAll(
  domain: Domain,
  intents: readonly RecordedIntent[],
  locks: HeldLocks,
  givenUp: string | undefined,
): Promise<HeldLocks> {
  try {
    for (const intent of intents) await settleIntent(domain, intent, givenUp);
    return locks;
  } catch (error) {
    locks.release();
    throw error;
  }
}

async function settleIntent(domain: Domain, intent: RecordedIntent, givenUp: string | undefined) {
  const { recover } = await import('./recover.ts');
  try {
    await recover(domain, intent);
  } catch (cause) {
    const { giveUp, unsettledError } = await import('./unsettled.ts');
    const error = unsettledError(domain, intent, cause);
    if (givenUp === undefined || error.code === 'busy' || !machineExists(domain.paths, givenUp)) throw error;
    // One that does not name it came along with the names of another.
    if (namesOf(intent).includes(givenUp)) await giveUp(domain, intent, givenUp);
  }
}

/**
 * What commands on other machines left when they died: nobody might ever touch those names again, and their ranges and
 * staged files would stay. Whether that works is no matter of this command.
 */
export async function sweepAbandoned(domain: Domain, held: readonly string[] = []): Promise<void> {
  for (const intent of readIntents(domain.paths)) {
    const names = namesOf(intent);
    if (intent.operation === 'stop' || names.some((name) => held.includes(name)) || !isAbandoned(intent)) {
      continue;
    }
    try {
      release(domain, await lockAndRecover(domain, names, 0));
    } catch {}
  }
}

/**
 * Ephemeral machines that nobody was left to remove: those of a host that went down, or of a command that died. Whether that works
 * is no matter of this command: their marks stay, and the next one tries again.
 */
async function sweepEphemeral(domain: Domain, held: readonly string[]): Promise<void> {
  for (const name of markedNames(domain)) {
    if (held.includes(name) || whoLooksAfter(domain, name) !== undefined || isInUse(domain, name)) continue;
    try {
      const locks = await lockAndRecover(domain, [name], 0);
      try {
        await domain.leavings.sweep(domain, name);
      } finally {
        release(domain, locks);
      }
    } catch {}
  }
}

/** It runs, as it should: most often, and then no lock is taken. */
function isInUse(domain: Domain, name: string): boolean {
  if (isBound(domain, name) || !machineExists(domain.paths, name)) return false;
  const { state } = domain.backend.status(loadEvenBroken(domain, name).handle);
  return state !== 'stopped' && state !== 'error';
}

/** A name that is no machine (destroyed, renamed, mistyped) keeps no lock file. */
function release(domain: Domain, locks: HeldLocks): void {
  for (const name of locks.names) {
    if (!machineExists(domain.paths, name)) {
      locks.forget(name);
    }
  }
  locks.release();
}

function intentsAbout(domain: Domain, names: readonly string[]): readonly RecordedIntent[] {
  return readIntents(domain.paths).filter((intent) => namesOf(intent).some((name) => names.includes(name)));
}
