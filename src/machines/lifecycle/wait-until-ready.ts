/** start --wait: until the machine has booted, as its init says. */
import type { Domain } from '../domain.ts';
import { MachineError } from '../errors.ts';
import { loadMachine } from '../store/store.ts';

export async function waitUntilReady(domain: Domain, name: string, timeoutSeconds: number): Promise<void> {
  const { handle } = loadMachine(domain.paths, name);
  const end = await domain.backend.awaitReady(handle, timeoutSeconds * 1000);
  if (end === 'ready') return;
  const hint = `see \`tsmachine logs ${name}\``;
  if (end === 'ended')
    throw new MachineError('failed', 'it ended before it was ready', { subject: name, hint });
  const { state } = domain.backend.status(handle);
  throw new MachineError(
    'timeout',
    `after ${timeoutSeconds} s it is ${state}, but has not said that it is ready; it goes on`,
    { subject: name, hint: `${hint}, and what runs with \`tsmachine exec ${name} -- systemctl list-jobs\`` },
  );
}
