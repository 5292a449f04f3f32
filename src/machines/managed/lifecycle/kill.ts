/** kill: SIGKILL ends every process of the machine, another signal goes to init. It takes no lock: its use is to end what a stop waits for. */
import { askedSignal } from '../../lifecycle/asked-signal.ts';
import { checkManagedName } from '../images/image-names.ts';
import { requireMachine } from '../images/require-machine.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { tell } from '../tell.ts';
import { killAndWait } from './stop.ts';
import { notInState } from './wrong-state.ts';

/** `signal`: a name with or without SIG, or a number. */
export async function kill(managed: ManagedDomain, name: string, signal: string): Promise<void> {
  const signalName = askedSignal(signal);
  checkManagedName(name);
  const manager = await managed.manager();
  const { status } = await requireMachine(manager, name);
  if (status.state === 'stopped') throw notInState(name, status, 'it is not running', null);
  if (signalName === 'SIGKILL') {
    tell(managed, name, 'killed', { signal: signalName });
    await killAndWait(manager, name);
  } else {
    await manager.life.signal(name, signalName);
    tell(managed, name, 'killed', { signal: signalName });
  }
}
