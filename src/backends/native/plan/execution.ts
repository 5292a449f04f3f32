import type { MachineSpec } from '../../backend.ts';
import { machineUuid } from '../machine-uuid.ts';
import { type Operation, operation } from '../operations.ts';
import { NOTIFY_SOCKET } from './runtime-files.ts';

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Nothing of the caller's environment reaches a machine: this is all of it. */
export function execution(spec: MachineSpec): readonly Operation[] {
  const environment = {
    PATH,
    TERM: 'linux',
    container: 'tsmachine',
    container_uuid: machineUuid(spec),
    ...(spec.init.notifies === true ? { NOTIFY_SOCKET } : {}),
    ...spec.init.environment,
  };
  return [
    ...Object.entries(environment).map(([key, value]) => operation('environment', `${key}=${value}`)),
    operation('exec', spec.init.argv[0], ...spec.init.argv),
  ];
}
