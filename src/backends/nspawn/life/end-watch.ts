/**
 * A machine's end. After a reboot machined has it no more, its unit waits to be started again (RestartForceExitStatus=133 of
 * systemd-nspawn@.service), and machined has it anew; after a halt the unit is inactive, after a kill it has failed.
 */
import type { ManagedEndWatch } from '../../manager/life.ts';
import type { Followed } from '../bus/follow.ts';
import type { NspawnContext } from '../context.ts';
import { isUnitDown } from '../systemd1.ts';
import { changesOfMachine } from './changes-of-machine.ts';
import { findRunning, unitOf } from './running.ts';

/** A machine that had no unit of its own is down when machined has it no more. */
export async function isDown(context: NspawnContext, name: string, unit: string): Promise<boolean> {
  const [running, [listed]] = await Promise.all([
    findRunning(context, name),
    context.systemd1.listUnitsByNames([unit]),
  ]);
  return running === undefined && isUnitDown(listed);
}

export async function watchEnd(context: NspawnContext, name: string): Promise<ManagedEndWatch> {
  const unit = await unitOf(context, name);
  const closed = new AbortController();
  const changes = changesOfMachine(context, { name, unit }, closed.signal);
  await changes.next();
  const ends = createEnds(context, { name, unit });
  const watching = ends.watch(changes);
  // Whoever waits is told; nobody may.
  watching.catch(() => {});

  return {
    ended: (timeoutMs, again) => ends.within(timeoutMs, watching, again),
    close: () => closed.abort(),
  };
}

function createEnds(
  context: NspawnContext,
  { name, unit }: { readonly name: string; readonly unit: string },
) {
  let again: (() => Promise<unknown>) | undefined;

  /** True at the end; false when it was closed. */
  const watch = async (changes: AsyncIterable<Followed>): Promise<boolean> => {
    if (await isDown(context, name, unit)) return true;
    for await (const change of changes) {
      // Before the machine can be asked anything, init may not listen yet: whoever asks it does so as at any start.
      if (isNewRun(change)) await again?.().catch(() => {});
      if (await isDown(context, name, unit)) return true;
    }
    return false;
  };

  const within = async (
    timeoutMs: number,
    watching: Promise<boolean>,
    onAgain: (() => Promise<unknown>) | undefined,
  ): Promise<boolean> => {
    again = onAgain;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>((resolve) => {
      timer = setTimeout(() => resolve(false), timeoutMs);
    });
    try {
      return await Promise.race([watching, late]);
    } finally {
      clearTimeout(timer);
      again = undefined;
    }
  };
  return { watch, within };
}

function isNewRun(change: Followed): boolean {
  return typeof change !== 'string' && change.member === 'MachineNew';
}
