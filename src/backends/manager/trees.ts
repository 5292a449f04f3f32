/** What is in images: a part of the seam to a manager. Trees are files of the host's ids 0 and on, as images have them on disk. */
import type { Identity } from '../backend.ts';
import type { FileState, StorageWork, TreeStorage, UnpackedFiles } from '../storage.ts';

/** Of FileState those with driver `dir` or `btrfs`: `tree` is the image's directory. */
export interface ManagedTrees extends TreeStorage {
  /** Host's id that is 0 in the tree: not 0 if the manager has shifted the owners of all that is in it. */
  firstId(tree: string): number;
  /**
   * Makes `path` (absolute inside) of a tree what it is in `from`, with all below it. Nobody runs the tree, whose machine is called
   * `name` in words. Aborting, and a failure, leave the path as it was.
   */
  revertTree(
    tree: string,
    path: string,
    from: FileState,
    about: { readonly name: string },
    work: StorageWork,
  ): Promise<void>;
  /** Of a new tree: hostname, hosts and machine-id are ours, whatever it has. On disk only when the image is. */
  writeNewIdentity(tree: string, identity: Identity): Promise<void>;
  /** The host name of one that has lived, on disk when it resolves: its hosts file keeps its other lines. */
  writeHostname(tree: string, hostname: string): Promise<void>;
  /** Makes a copy somebody else: hostname, hosts and machine-id, and a new ssh host key for each that it has. On disk only when the image is. */
  renewIdentity(tree: string, identity: Identity): Promise<void>;
  /**
   * Fills `target`, an empty directory, with the last of some states that came out of one archive, each of which goes on from an earlier one.
   * They stay as they are, but for marks of what is removed, and may be given again. `workDirectory`: for this work alone.
   */
  assemble(
    states: readonly UnpackedFiles[],
    target: string,
    workDirectory: string,
    work: StorageWork,
  ): Promise<void>;
}
