/** How systemd is called. */
import type { Bus } from '../bus/bus.ts';
import type { MethodCall } from '../bus/calls.ts';

export const SYSTEMD1 = 'org.freedesktop.systemd1';
export const MANAGER_PATH = '/org/freedesktop/systemd1';
export const MANAGER = `${SYSTEMD1}.Manager`;
export const PROPERTIES = 'org.freedesktop.DBus.Properties';

/** A call that changes something. */
export type Order = ReturnType<typeof createOrder>;

export function createOrder(bus: Bus) {
  return (member: string, signature: string, ...given: readonly unknown[]) =>
    bus.call(managerCall(member, signature, given));
}

export function managerCall(member: string, signature: string, given: readonly unknown[]): MethodCall {
  return {
    destination: SYSTEMD1,
    path: MANAGER_PATH,
    interface: MANAGER,
    member,
    signature,
    arguments: given,
  };
}
