/** What a storage driver can do; the seam's words (backends/storage.ts) are its contract. */
import type { MachineHandle } from '../../backend.ts';
import type { StorageDriverName } from '../../machine-spec.ts';
import type { BackendStorage, FileState, StorageWork } from '../../storage.ts';

/** Keeping, replacing and cloning are the seam's own, each by the driver that the machine has. */
export interface StorageDriver extends Pick<BackendStorage, 'keep' | 'replace' | 'clone'> {
  readonly name: StorageDriverName;
  /** Whether machines below `root` (which may not exist yet) can be made with it. */
  examine(root: string): Promise<Fitness>;

  stateOf(machine: MachineHandle): FileState;
  /** Directories, top first, that together are what the machine sees. The first one takes what is written. */
  stackOf(machine: MachineHandle): readonly [string, ...string[]];
  /** The storage of a new machine, without identity. */
  prepare(machine: MachineHandle, work: StorageWork): Promise<void>;
  /** Missing where nothing counts what one machine takes. */
  readonly limitDisk?: (machine: MachineHandle, bytes: number | 'max') => Promise<void>;
}

export type Fitness =
  | { readonly works: true; readonly detail: string }
  | { readonly works: false; readonly detail: string; readonly fix: string };

/** What drivers need to know of machines that run. */
export interface RunningMachines {
  /** @throws BackendError 'busy' while it comes up or goes down, or when nobody looks after its processes */
  isRunning(machine: MachineHandle): boolean;
  /**
   * Does `work` while a running machine is frozen, and thaws it whatever happens, this process's death included. Returns how
   * long it stood still, in milliseconds; undefined if it was frozen before, and so stays.
   */
  whileStill(machine: MachineHandle, work: () => Promise<void>): Promise<number | undefined>;
}
