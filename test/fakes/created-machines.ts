/** The fixture with machines in it, made, and running where asked. */
import type { MachineEvent } from '../../src/machines/events/events.ts';
import type { CreateRequest, Machines } from '../../src/machines/machines.ts';
import { type MachinesFixture, makeMachines, request } from './machines-fixture.ts';

export async function withMachine(
  state: 'stopped' | 'running' = 'stopped',
  name = 'web',
  changes: Partial<CreateRequest> = {},
): Promise<MachinesFixture> {
  const fixture = makeMachines();
  await fixture.machines.create(request(name, changes));
  if (state === 'running') {
    await fixture.machines.start(name, { ifNeeded: false });
  }
  return fixture;
}

export async function eventsOf(machines: Machines): Promise<readonly MachineEvent[]> {
  const events: MachineEvent[] = [];
  for await (const event of machines.events({})) {
    events.push(event);
  }
  return events;
}

/** Types in order, without the first one, `created`. */
export async function typesOf(machines: Machines): Promise<readonly string[]> {
  return (await eventsOf(machines)).slice(1).map(({ type }) => type);
}
