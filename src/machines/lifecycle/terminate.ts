/**
 * A monitor was asked to end (SIGTERM), as all are when the host shuts down: its machine goes down as if by `stop`. When this
 * throws, the monitor kills the machine.
 */
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { stop } from './stop.ts';

const HALT_SECONDS = 30;

/** Another command that is at work on the machine is most often a stop already. */
const OTHER_COMMAND_MS = 60_000;

export async function terminate(domain: Domain, name: string): Promise<void> {
  try {
    await stop({ ...domain, lockWaitMs: Math.max(domain.lockWaitMs, OTHER_COMMAND_MS) }, name, {
      timeoutSeconds: HALT_SECONDS,
    });
  } catch (error) {
    const isDown = error instanceof MachineError && error.code === 'wrong-state';
    if (!isDown) throw error;
  }
}
