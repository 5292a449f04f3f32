/** Where a machine's writable files lie, by driver. Pure: the launch plan names these paths too. */
import type { MachineHandle } from '../../backend.ts';

export interface OverlayDirectories {
  /** Holds the other two: overlayfs wants them on one mount. */
  readonly storage: string;
  readonly upper: string;
  readonly work: string;
}

export function storageDirectory({ directory }: Pick<MachineHandle, 'directory'>): string {
  return `${directory}/storage`;
}

export function overlayDirectories(machine: Pick<MachineHandle, 'directory'>): OverlayDirectories {
  const storage = storageDirectory(machine);
  return { storage, upper: `${storage}/upper`, work: `${storage}/work` };
}

/** The whole tree of a dir or btrfs machine. */
export function treeRoot(machine: Pick<MachineHandle, 'directory'>): string {
  return `${storageDirectory(machine)}/root`;
}

/** Where something is made before it gets its name: what lies there was never finished. */
export function staged(path: string): string {
  return `${path}.new`;
}
