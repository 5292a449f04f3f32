import type { MachineSpec } from '../backend.ts';

/** The machine-id in the form of RFC 9562, as $container_uuid is written. */
export function machineUuid({ machineId }: MachineSpec): string {
  return machineId.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
