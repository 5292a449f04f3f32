/** stop: thaw, ask init to halt, wait, and kill what did not listen. */
import { BackendError, type EndWatch } from '../../backends/backend.ts';
import type { StoredMachine } from '../config/spec.ts';
import { type Domain, record } from '../domain.ts';
import { settle, wrongState } from '../recovery/settle.ts';
import { loadEvenBroken } from '../recovery/unreadable.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { giveUpRestart } from '../restarting/pending.ts';
import type { StopOptions, StopOutcome } from '../stopping.ts';
import { step } from '../store/crash-points.ts';
import { dropIntent, markIntent } from '../store/intents.ts';
import { withEndWatch } from './end-watch.ts';
import { KERNEL_MS, killWatched } from './killing.ts';
import { refusalDetails } from './refusing.ts';

export async function stop(domain: Domain, name: string, options: StopOptions): Promise<StopOutcome> {
  return withMachines(
    domain,
    [name],
    async () => {
      const machine = loadEvenBroken(domain, name);
      const outcome = await stopLocked(domain, machine, options);
      if (machine.config.ephemeral)
        await (await import('../ephemeral/sweep.ts')).removeIfEphemeral(domain, machine);
      return outcome;
    },
    { writesNothing: true },
  );
}

/** The caller holds the lock, and keeps it until the machine is down: handleExit must never need it. */
export async function stopLocked(
  domain: Domain,
  machine: StoredMachine,
  options: StopOptions,
): Promise<StopOutcome> {
  const { status, collected } = await settle(domain, machine);
  if (collected) {
    return { clean: false, exit: domain.backend.lastExit(machine.handle) };
  }
  if (status.state === 'stopped') {
    if (giveUpRestart(domain, machine.name)) {
      return { clean: true, exit: domain.backend.lastExit(machine.handle) };
    }
    throw wrongState(machine.name, 'stopped', 'it is not running', null);
  }
  record(domain, machine.name, 'stopping');
  step('stop', 1);
  const unmark = markStaysDown(domain, machine.name);
  try {
    return await withEndWatch(domain, machine, (watch) =>
      bringDown(domain, machine, status.state, watch, options),
    );
  } finally {
    step('stop', 5);
    // Whoever was asked in our place may have decided before the mark was there.
    giveUpRestart(domain, machine.name);
    unmark();
    step('stop', 6);
  }
}

async function bringDown(
  domain: Domain,
  machine: StoredMachine,
  state: string,
  watch: EndWatch,
  options: StopOptions,
): Promise<StopOutcome> {
  const timeoutMs = options.timeoutSeconds * 1000;
  const killAt = Date.now() + timeoutMs;
  step('stop', 2);
  const thawed = (state !== 'frozen' && state !== 'freezing') || (await thaw(domain, machine, options));
  step('stop', 3);
  const halt = () =>
    askToHalt(domain, machine, watch, (signal) => options.onProgress?.({ rung: 'halt', signal, killAt }));
  const asked = thawed && (await halt());
  step('stop', 4);
  if (asked) {
    const exit = await watch.ended(timeoutMs, halt);
    if (exit !== undefined || domain.backend.status(machine.handle).state === 'stopped') {
      return { clean: true, exit };
    }
  }
  return killHard(domain, machine, watch, options);
}

/** A frozen machine cannot halt (lxd#12578). One that will not thaw can still be killed. */
async function thaw(domain: Domain, machine: StoredMachine, { onProgress }: StopOptions): Promise<boolean> {
  onProgress?.({ rung: 'thaw' });
  try {
    await domain.backend.unfreeze(machine.handle, KERNEL_MS);
    return true;
  } catch {
    return false;
  }
}

/**
 * False: its init cannot be asked. True also if it went down by itself meanwhile, or is between two runs: then the next one is
 * asked when it begins.
 */
async function askToHalt(
  domain: Domain,
  machine: StoredMachine,
  watch: EndWatch,
  onAsked: (signal: string) => void,
): Promise<boolean> {
  for (let attempt = 0; attempt < 2; attempt += 1) {
    try {
      onAsked(await watch.signal('halt'));
      return true;
    } catch (error) {
      if (!(error instanceof BackendError && error.code === 'not-running')) return false;
    }
    const { state } = domain.backend.status(machine.handle);
    if (state !== 'running') return true;
    // Just now it is: the next run has begun since.
  }
  return false;
}

async function killHard(
  domain: Domain,
  machine: StoredMachine,
  watch: EndWatch,
  { onProgress }: StopOptions,
): Promise<StopOutcome> {
  const refused = domain.backend.remaining(machine.handle);
  onProgress?.({ rung: 'kill', refused });
  record(domain, machine.name, 'killed', {
    reason: 'timeout',
    signal: 'SIGKILL',
    ...refusalDetails(refused),
  });
  return { clean: false, exit: await killWatched(domain, machine, watch), refused };
}

/** Without the mark a machine whose init reboots instead would come up again. A full disk must not prevent the stop. */
function markStaysDown(domain: Domain, name: string): () => void {
  const intent = { operation: 'stop', name } as const;
  try {
    markIntent(domain.paths, intent);
  } catch {}
  return () => dropIntent(domain.paths, intent);
}
