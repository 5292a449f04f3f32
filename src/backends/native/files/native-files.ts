/** Files in and out of machines, of the native backend. */
import { BackendError, type MachineHandle } from '../../backend.ts';
import type { BackendFiles, TransferRequest, TransferWork } from '../../files.ts';
import type { ProcessId } from '../life/process-stat.ts';
import { readStateFile } from '../life/state-file.ts';
import { type HostView, readStatus } from '../life/status.ts';
import { mapping } from '../plan/root.ts';
import { overlayDirectories, treeRoot } from '../storage/places.ts';
import type { TransferPlace } from './transfer-records.ts';

export interface FilesSetting {
  readonly helperPath: string;
  readonly view: () => HostView;
}

export function createNativeFiles({ helperPath, view }: FilesSetting): BackendFiles {
  const carry = async (
    direction: 'push' | 'pull',
    machine: MachineHandle,
    request: TransferRequest,
    work: TransferWork,
  ) => {
    const { transfer } = await import('./transfer.ts');
    const init = initOf(machine, view());
    const place = init === undefined ? filesOf(machine) : { init };
    const ids = machine.spec.idRange?.count;
    return transfer(helperPath, direction, { name: machine.spec.name, place, ids }, request, work);
  };
  return {
    push: (machine, request, work) => carry('push', machine, request, work),
    pull: (machine, request, work) => carry('pull', machine, request, work),
    async bind(machine, bind) {
      const { bindLive } = await import('./binds.ts');
      const init = requireInit(machine, view());
      bindLive(helperPath, { name: machine.spec.name, init, mapping: mapping(machine.spec) }, bind);
    },
    async unbind(machine, path) {
      const { unbindLive } = await import('./binds.ts');
      return unbindLive(helperPath, { name: machine.spec.name, init: requireInit(machine, view()) }, path);
    },
    async usersOf(machine, path) {
      const { usersOfMount } = await import('./mount-users.ts');
      return usersOfMount(requireInit(machine, view()).pid, path, view().procRoot);
    },
  };
}

function filesOf(machine: MachineHandle): TransferPlace {
  const { driver, layers } = machine.spec.storage;
  return driver === 'overlay'
    ? { overlay: [overlayDirectories(machine).storage, ...layers] }
    : { tree: treeRoot(machine) };
}

function requireInit(machine: MachineHandle, host: HostView): ProcessId {
  const init = initOf(machine, host);
  if (init !== undefined) return init;
  throw new BackendError('not-running', `${machine.spec.name} is not running`);
}

/**
 * Undefined of a machine that is stopped: then its files are those on disk.
 * @throws BackendError 'busy'
 */
function initOf(machine: MachineHandle, host: HostView): ProcessId | undefined {
  const status = readStatus(machine, host);
  if (status.state === 'stopped') return undefined;
  const init = readStateFile(machine.runDirectory)?.init;
  const isLive = status.state === 'running' || status.state === 'frozen' || status.state === 'freezing';
  if (isLive && init?.pid === status.pid) return init;
  throw new BackendError('busy', `${machine.spec.name} is ${isLive ? 'changing its state' : status.state}`, {
    hint: status.state === 'error' ? `tsmachine stop ${machine.spec.name}` : 'Try again in a moment.',
  });
}
