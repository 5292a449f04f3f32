/** A manager's machines as a side of the routing. */
import { guard } from '../guards.ts';
import type { ManagedDomain } from '../managed/managed-domain.ts';
import { openManaged } from '../managed/open-managed.ts';
import { settleIfLeft } from '../managed/recovery/with-managed.ts';
import type { ManagedSide } from './sides.ts';

export function managedSide(managed: ManagedDomain): ManagedSide {
  const isThere = async (name: string) => (await (await managed.manager()).views.find(name)) !== undefined;
  return {
    machines: openManaged(managed),
    has: (name) =>
      guard(
        name,
        async () => (await isThere(name)) || ((await settleIfLeft(managed, name)) && (await isThere(name))),
      ),
  };
}
