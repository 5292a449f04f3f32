/** What lies on disk, of the native backend: each machine's driver does it. */
import { BackendError, type MachineHandle } from '../../backend.ts';
import type { StorageDriverName } from '../../machine-spec.ts';
import type { BackendStorage, FileState } from '../../storage.ts';
import { createBtrfsDriver } from './btrfs/btrfs-driver.ts';
import { syncNow } from './copy-tree.ts';
import { filesOfMachine, revertPath } from './diff/revert.ts';
import { createDirDriver } from './dir/dir-driver.ts';
import type { RunningMachines, StorageDriver } from './driver.ts';
import { renewIdentity, writeIdentity, writeNewIdentity } from './identity.ts';
import { createOverlayDriver } from './overlay/overlay-driver.ts';
import { removeTree, removeTreeTelling } from './remove-tree.ts';
import { createTreeStorage } from './tree-storage.ts';
import { mergeLayers } from './trees/changing.ts';

export interface NativeStorageOptions {
  readonly root: string;
  readonly helperPath: string;
  readonly machines: RunningMachines;
}

type Drivers = Readonly<Record<StorageDriverName, StorageDriver>>;

function createDrivers(machines: RunningMachines, helperPath: string): Drivers {
  return {
    overlay: createOverlayDriver(machines, helperPath),
    btrfs: createBtrfsDriver(machines, helperPath),
    dir: createDirDriver(machines, helperPath),
  };
}

export function createNativeStorage({ root, helperPath, machines }: NativeStorageOptions): BackendStorage {
  const drivers = createDrivers(machines, helperPath);
  const driverOf = ({ spec }: MachineHandle) => drivers[spec.storage.driver];
  const stackOf = (machine: MachineHandle) => driverOf(machine).stackOf(machine);
  return {
    ...createTreeStorage(helperPath),
    async requireDriver(name, { limitsDisk } = { limitsDisk: false }) {
      await requireDriver(drivers[name], root);
      if (limitsDisk) requireDiskLimit(drivers[name]);
    },
    stateOf: (machine) => driverOf(machine).stateOf(machine),
    async prepare(machine, work) {
      await requireDriver(driverOf(machine), root);
      await driverOf(machine).prepare(machine, work);
      await writeNewIdentity(helperPath, machine.spec, stackOf(machine));
    },
    sync: (directory) => syncNow(helperPath, directory),
    writeIdentity: (machine) => writeIdentity(helperPath, machine.spec, stackOf(machine)),
    renewIdentity: (machine) => renewIdentity(helperPath, machine.spec, stackOf(machine)),
    keep: (machine, place, work) => driverOf(machine).keep(machine, place, work),
    replace(machine, from, place, work) {
      requireSameDriver(from, machine);
      return driverOf(machine).replace(machine, from, place, work);
    },
    clone(source, from, target, layer, work) {
      requireSameDriver(from ?? driverOf(source).stateOf(source), target);
      return driverOf(source).clone(source, from, target, layer, work);
    },
    async limitDisk(machine, bytes) {
      const driver = driverOf(machine);
      if (bytes !== 'max') requireDiskLimit(driver);
      await driver.limitDisk?.(machine, bytes);
    },
    remove: (path, work) =>
      work === undefined ? removeTree(path) : removeTreeTelling(helperPath, path, work),
    merge: (upper, lower, deeper, { progress, signal }) =>
      mergeLayers(helperPath, upper, lower, {
        deeper,
        signal,
        told: (done, total) =>
          progress({ done: Math.min(done, total ?? done), total, unit: 'files', deed: 'merging' }),
      }),
    revert: (machine, path, from, work) =>
      revertPath(helperPath, filesOfMachine(machine, driverOf(machine).stateOf(machine)), path, from, work),
    async adopt(machine, states, workDirectory, work) {
      await requireDriver(driverOf(machine), root);
      const { adoptStates } = await import('./archive/adopt.ts');
      return await adoptStates({ helperPath, machine, states, workDirectory, work });
    },
  };
}

async function requireDriver(driver: StorageDriver, root: string): Promise<void> {
  const fitness = await driver.examine(root);
  if (fitness.works) return;
  throw new BackendError('unsupported', `storage ${driver.name} cannot be used: ${fitness.detail}`, {
    path: root,
    hint: fitness.fix,
  });
}

function requireDiskLimit({ name, limitDisk }: StorageDriver): void {
  if (limitDisk !== undefined) return;
  throw new BackendError('unsupported', `storage ${name} cannot limit a machine's disk space`, {
    hint: 'Create the machine with --storage btrfs, whose quotas can.',
  });
}

function requireSameDriver(from: FileState, { spec }: MachineHandle): void {
  if (from.driver === spec.storage.driver) return;
  throw new BackendError(
    'unsupported',
    `files kept by storage ${from.driver} cannot go on in ${spec.name}, whose storage is ${spec.storage.driver}`,
  );
}
