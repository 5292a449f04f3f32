/** Every command that changes a machine runs in here: under its lock, after what a dead command left is settled. */
import type { Domain } from '../domain.ts';
import { checkMachineName } from '../names.ts';
import { isAbandoned, namesOf, type RecordedIntent, readIntents } from '../store/intents.ts';
import { type HeldLocks, lockNames } from '../store/lock.ts';

/**
 * Throws `busy` if another command keeps one of the names for longer than the domain's waiting time. `work` gets the
 * locks, to forget the lock of a name that it removes.
 */
export async function withMachines<T>(
  domain: Domain,
  names: readonly string[],
  work: (locks: HeldLocks) => Promise<T>,
): Promise<T> {
  names.forEach(checkMachineName);
  const locks = await lockAndRecover(domain, names, domain.lockWaitMs);
  try {
    await sweepAbandoned(domain, locks.names);
    return await work(locks);
  } finally {
    locks.release();
  }
}

/** An unfinished rename drags its other name in; so the locks are let go and taken again with it, in sorted order. */
async function lockAndRecover(domain: Domain, names: readonly string[], waitMs: number): Promise<HeldLocks> {
  let wanted = names;
  for (;;) {
    const locks = await lockNames(domain.paths.locks, domain.lock, wanted, waitMs);
    const intents = intentsAbout(domain, locks.names);
    const missing = intents.flatMap(namesOf).filter((name) => !locks.names.includes(name));
    if (missing.length === 0) {
      return recoverAll(domain, intents, locks);
    }
    locks.release();
    wanted = [...wanted, ...missing];
  }
}

async function recoverAll(
  domain: Domain,
  intents: readonly RecordedIntent[],
  locks: HeldLocks,
): Promise<HeldLocks> {
  if (intents.length === 0) {
    return locks;
  }
  try {
    const { recover } = await import('./recovery.ts');
    for (const intent of intents) {
      await recover(domain, intent);
    }
    return locks;
  } catch (error) {
    locks.release();
    throw error;
  }
}

/**
 * What commands on other machines left when they died: nobody might ever touch those names again, and their ranges and
 * staged files would stay. Whether that works is no matter of this command.
 */
async function sweepAbandoned(domain: Domain, held: readonly string[]): Promise<void> {
  for (const intent of readIntents(domain.paths)) {
    const names = namesOf(intent);
    if (intent.operation === 'stop' || names.some((name) => held.includes(name)) || !isAbandoned(intent)) {
      continue;
    }
    try {
      (await lockAndRecover(domain, names, 0)).release();
    } catch {}
  }
}

function intentsAbout(domain: Domain, names: readonly string[]): readonly RecordedIntent[] {
  return readIntents(domain.paths).filter((intent) => namesOf(intent).some((name) => names.includes(name)));
}
