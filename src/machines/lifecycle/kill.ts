/**
 * kill: SIGKILL ends every process of the machine, another signal goes to init. It takes no lock, because its use is to
 * end a machine on which another command (a stop) waits; it changes nothing that is stored.
 */
import { type Domain, record } from '../domain.ts';
import { settle, wrongState } from '../recovery/settle.ts';
import { loadEvenBroken } from '../recovery/unreadable.ts';
import { withMachines } from '../recovery/with-machines.ts';
import { giveUpRestart, readPending } from '../restarting/pending.ts';
import { askedSignal } from './asked-signal.ts';
import { killAndWait } from './killing.ts';

/** `signal`: a name with or without SIG, or a number. */
export async function kill(domain: Domain, name: string, signal: string): Promise<void> {
  const signalName = askedSignal(signal);
  const machine = loadEvenBroken(domain, name);
  const { state } = domain.backend.status(machine.handle);
  if (state === 'error') {
    await withMachines(domain, [name], async () => {
      await settle(domain, machine);
    });
    return;
  }
  if (state === 'stopped') {
    const waits = readPending(domain, name) !== undefined;
    if (waits && (await withMachines(domain, [name], async () => giveUpRestart(domain, name)))) return;
    throw wrongState(name, 'stopped', 'it is not running', null);
  }
  if (signalName === 'SIGKILL') {
    record(domain, name, 'killed', { signal: signalName });
    await killAndWait(domain, machine);
    giveUpRestart(domain, name);
    // Whoever holds its lock may be a stop that we have just cut short.
    if (machine.config.ephemeral) domain.later.after(0, ['internal', 'sweep', name]);
  } else {
    await domain.backend.signal(machine.handle, signalName);
    record(domain, name, 'killed', { signal: signalName });
  }
}
