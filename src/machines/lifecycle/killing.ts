/** SIGKILL to every process of a machine, and its end awaited. The caller records it. */
import { BackendError, type EndWatch, type ExitRecord } from '../../backends/backend.ts';
import type { Remaining } from '../../backends/remaining.ts';
import type { StoredMachine } from '../config/spec.ts';
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { settle } from '../recovery/settle.ts';
import { withEndWatch } from './end-watch.ts';
import { whoHangs } from './refusing.ts';

/** For what the kernel does at once unless something is badly wrong. */
export const KERNEL_MS = 10_000;

/** Throws `timeout` if the machine is still there after SIGKILL. */
export function killAndWait(domain: Domain, machine: StoredMachine): Promise<ExitRecord | undefined> {
  return withEndWatch(domain, machine, (watch) => killWatched(domain, machine, watch), true);
}

/** Throws `timeout` too. */
export async function killWatched(
  domain: Domain,
  machine: StoredMachine,
  watch: EndWatch,
): Promise<ExitRecord | undefined> {
  const kill = () => killIfThere(() => domain.backend.kill(machine.handle));
  await kill();
  const exit = await watch.ended(KERNEL_MS, kill);
  const { status } = exit === undefined ? await settle(domain, machine) : { status: undefined };
  if (status !== undefined && status.state !== 'stopped') {
    throw notGone(machine.name, domain.backend.remaining(machine.handle));
  }
  return exit;
}

/** There are no processes in a machine that is down, or between two runs. */
export async function killIfThere(kill: () => Promise<void>): Promise<void> {
  try {
    await kill();
  } catch (error) {
    if (!(error instanceof BackendError && error.code === 'not-running')) throw error;
  }
}

/** Of a machine that even SIGKILL did not end. */
export function notGone(name: string, remaining: Remaining): MachineError {
  return new MachineError('timeout', 'it was killed, and is still not gone', {
    subject: name,
    hint: `${whoHangs(remaining)}: see the kernel log`,
  });
}
