/** wait: woken by what the manager tells of, and by nothing else. */
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import { MachineError } from '../../errors.ts';
import type { MachineState } from '../../machines.ts';
import { checkManagedName } from '../images/image-names.ts';
import { requireMachine } from '../images/require-machine.ts';
import type { ManagedDomain } from '../managed-domain.ts';

export async function waitForState(
  { manager: open }: ManagedDomain,
  name: string,
  states: readonly MachineState[],
  timeoutSeconds: number | undefined,
): Promise<void> {
  checkManagedName(name);
  const manager = await open();
  const ended = new AbortController();
  const timer =
    timeoutSeconds === undefined ? undefined : setTimeout(() => ended.abort(), timeoutSeconds * 1000);
  try {
    const state = await reach(manager, name, states, ended.signal);
    if (states.includes(state)) return;
    throw new MachineError(
      'timeout',
      `after ${timeoutSeconds} s it is ${state}, not ${states.join(' or ')}`,
      {
        subject: name,
        hint: `see \`tsmachine logs ${name}\``,
      },
    );
  } finally {
    clearTimeout(timer);
    ended.abort();
  }
}

/** The state that it is in then, or when `signal` aborts. */
async function reach(
  manager: Manager,
  name: string,
  states: readonly MachineState[],
  signal: AbortSignal,
): Promise<MachineState> {
  const stateNow = async () => (await requireMachine(manager, name)).status.state;
  // Looked at after the watch began: what happens from here on is told.
  for await (const change of manager.events.follow(signal)) {
    if ('name' in change && change.name !== name) continue;
    const state = await stateNow();
    if (states.includes(state)) return state;
  }
  return stateNow();
}

export async function waitUntilReady(
  { manager: open }: ManagedDomain,
  name: string,
  timeoutSeconds: number,
): Promise<void> {
  checkManagedName(name);
  const manager = await open();
  const [end] = await Promise.all([
    manager.life.awaitReady(name, timeoutSeconds * 1000),
    requireMachine(manager, name),
  ]);
  if (end === 'ready') return;
  const hint = `see \`tsmachine logs ${name}\``;
  if (end === 'ended')
    throw new MachineError('failed', 'it ended before it was ready', { subject: name, hint });
  const { status } = await requireMachine(manager, name);
  throw new MachineError(
    'timeout',
    `after ${timeoutSeconds} s it is ${status.state}, but has not said that it is ready; it goes on`,
    { subject: name, hint: `${hint}, and what runs with \`tsmachine exec ${name} -- systemctl list-jobs\`` },
  );
}
