/** What was done to a manager's machines, in the journal that all machines share. */
import { record } from '../domain.ts';
import type { MachineEvent, MachineEventType } from '../events/events.ts';
import type { ManagedDomain } from './managed-domain.ts';

/** As events name who keeps the machine. Of a native one they name nobody. */
export const KEEPER = 'nspawn';

export function tell(
  { domain }: ManagedDomain,
  name: string,
  type: MachineEventType,
  details: MachineEvent['details'] = {},
): void {
  record(domain, name, type, { ...details, backend: KEEPER });
}
