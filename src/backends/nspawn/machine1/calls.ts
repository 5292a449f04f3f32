/** How machined is called: what only reads, what changes something, and what takes as long as it takes. */
import type { Bus } from '../bus/bus.ts';
import { record } from '../bus/values.ts';

export const MACHINE1 = 'org.freedesktop.machine1';
export const MANAGER_PATH = '/org/freedesktop/machine1';
export const MANAGER = `${MACHINE1}.Manager`;

/** How long a copy, a clone or a removal takes is the file system's matter. */
export interface LongCall {
  /** Stops waiting; machined goes on. */
  readonly abort?: AbortSignal;
}

export type Machine1Calls = ReturnType<typeof createMachine1Calls>;

export function createMachine1Calls(bus: Bus) {
  const ask = (member: string, signature = '', ...given: readonly unknown[]) =>
    bus.call({ ...manager(member, signature, given), reads: true });
  const order = (member: string, signature: string, ...given: readonly unknown[]) =>
    bus.call(manager(member, signature, given));
  const longOrder = (
    member: string,
    signature: string,
    given: readonly unknown[],
    { abort }: LongCall = {},
  ) =>
    bus.call({
      ...manager(member, signature, given),
      timeLimitMs: Number.POSITIVE_INFINITY,
      ...(abort === undefined ? {} : { abort }),
    });
  const propertiesOf = async (path: string, of: string) => {
    const answer = await bus.call({
      destination: MACHINE1,
      path,
      interface: 'org.freedesktop.DBus.Properties',
      member: 'GetAll',
      signature: 's',
      arguments: [`${MACHINE1}.${of}`],
      reads: true,
    });
    return record(answer[0]);
  };
  return { ask, order, longOrder, propertiesOf };
}

function manager(member: string, signature: string, given: readonly unknown[]) {
  return {
    destination: MACHINE1,
    path: MANAGER_PATH,
    interface: MANAGER,
    member,
    signature,
    arguments: given,
  };
}
