/**
 * What the monitor heard from the kernel: told to the journal first, under no lock, then acted upon as the machine's on-oom says,
 * under the machine's lock as a person's command would be.
 */

import type { StoredMachine } from '../config/spec.ts';
import { type Domain, record } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { startLocked } from '../lifecycle/start.ts';
import { stopLocked } from '../lifecycle/stop.ts';
import { settle } from '../recovery/settle.ts';
import { loadEvenBroken } from '../recovery/unreadable.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { loadMachine } from '../store/store.ts';
import { mayRestart } from './after-oom.ts';
import { tellLimitNews } from './tell.ts';

/** As for any machine that is brought down while nobody looks. */
const HALT_SECONDS = 30;
const FREEZE_MS = 10_000;

/** A snapshot may take its time; after that, what is done comes too late to help. */
const OTHER_COMMAND_MS = 60_000;

export async function handleEvent(domain: Domain, name: string, signalled: readonly string[]): Promise<void> {
  const machine = loadEvenBroken(domain, name);
  const began = Date.now();
  const history = await tellLimitNews(domain, machine, signalled);
  const isNew = history?.oomAt !== undefined && history.oomAt >= began;
  const action = machine.config.onOom;
  if (!isNew || action === undefined) return;
  try {
    await withMachines({ ...domain, lockWaitMs: OTHER_COMMAND_MS }, [name], () =>
      act(domain, loadMachine(domain.paths, name), history.run),
    );
  } catch (error) {
    if (!(error instanceof MachineError && error.code === 'no-such-machine')) {
      record(domain, name, 'oom-action', { action, refused: wordsOf(error) });
    }
    throw error;
  }
}

/**
 * Only to the run that ran out of memory, and only while it runs: one that has ended was decided about at its end, one that somebody
 * stopped, restarted or froze meanwhile is in their hands.
 */
async function act(domain: Domain, machine: StoredMachine, run: number): Promise<void> {
  const { status } = await settle(domain, machine);
  if (status.state !== 'running' || status.startedAt !== run) return;
  const { name, handle } = machine;
  switch (machine.config.onOom) {
    case 'freeze':
      record(domain, name, 'oom-action', { action: 'freeze' });
      await domain.backend.freeze(handle, FREEZE_MS);
      record(domain, name, 'frozen');
      return;
    case 'stop':
      record(domain, name, 'oom-action', { action: 'stop' });
      await stopLocked(domain, machine, { timeoutSeconds: HALT_SECONDS });
      return;
    case 'restart':
      if (!mayRestart(domain, name)) return;
      await stopLocked(domain, machine, { timeoutSeconds: HALT_SECONDS });
      await startLocked(domain, machine, false);
      return;
    case undefined:
      return;
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
