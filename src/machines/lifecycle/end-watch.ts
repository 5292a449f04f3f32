/** Waiting for a machine's end, and deciding then what comes after it as on-exit would (handle-exit.ts). */
import type { EndWatch } from '../../backends/backend.ts';
import type { StoredMachine } from '../config/spec.ts';
import type { Domain } from '../domain.ts';
import { afterExit } from './handle-exit.ts';

/** `work` begins when the end cannot be missed any more. `final`: the machine does not start again, whatever its init wanted. */
export async function withEndWatch<T>(
  domain: Domain,
  machine: StoredMachine,
  work: (watch: EndWatch) => Promise<T>,
  final = false,
): Promise<T> {
  const watch = await domain.backend.watchEnd(machine.handle, (exit) =>
    afterExit(domain, machine, exit, final),
  );
  try {
    return await work(watch);
  } finally {
    watch.close();
  }
}
