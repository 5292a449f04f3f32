/** For what a machine must not be on its way up or down for: waits while it goes down by itself. */
import type { EndWatch } from '../../backends/backend.ts';
import type { StoredMachine } from '../config/spec.ts';
import type { Domain } from '../domain.ts';
import { type SettledStatus, settle, wrongState } from '../recovery/settle.ts';

/** How long. */
const ENDING_MS = 10_000;

/** As settle; `stopping` is answered only if it takes too long. The caller holds the machine's lock. */
export async function settleEnding(domain: Domain, machine: StoredMachine): Promise<SettledStatus> {
  const { status } = await settle(domain, machine);
  if (status.state !== 'stopping') {
    return status;
  }
  const { withEndWatch } = await import('./end-watch.ts');
  await withEndWatch(domain, machine, untilDownOrAgain);
  return (await settle(domain, machine)).status;
}

/** Whether files of it may be written just now. Throws `wrong-state` for what is neither up nor down. */
export async function isLive(domain: Domain, machine: StoredMachine): Promise<boolean> {
  const { state } = await settleEnding(domain, machine);
  switch (state) {
    case 'stopped':
      return false;
    case 'running':
    case 'frozen':
      return true;
    default:
      throw wrongState(machine.name, state);
  }
}

function untilDownOrAgain(watch: EndWatch): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const again = async () => resolve(undefined);
    watch.ended(ENDING_MS, again).then(resolve, reject);
  });
}
