import type { MachineSpec } from '../../backend.ts';
import { machineUuid } from '../machine-uuid.ts';
import { type Operation, operation } from '../operations.ts';

/** Only where init is to say something there: nothing else makes the monitor listen. */
export const NOTIFY_SOCKET = '/run/host/notify';

/** What a machine can read about who runs it: /run/host of systemd's CONTAINER_INTERFACE. */
export function runtimeFiles(spec: MachineSpec): readonly Operation[] {
  return [
    operation('directory', '/run/host', '0755'),
    operation('write', '/run/host/container-manager', '0444', 'tsmachine\n'),
    operation('write', '/run/host/container-uuid', '0444', `${machineUuid(spec)}\n`),
    ...(spec.init.notifies === true ? [operation('notify-socket', NOTIFY_SOCKET)] : []),
  ];
}
