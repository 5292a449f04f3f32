/** Images: the files of machines that exist, of their kept states, and what else lies there: a part of the seam to a manager. */

import type { StorageDriverName } from '../machine-spec.ts';
import type { StorageWork } from '../storage.ts';

export interface ManagedImage {
  /** A machine's name; `MACHINE@SNAPSHOT` for a kept state of it; a name that begins with a dot is hidden. */
  readonly name: string;
  readonly kind: 'directory' | 'subvolume' | 'raw' | 'block';
  readonly path: string;
  readonly readOnly: boolean;
  /** Milliseconds since the epoch; null where the file system does not tell. */
  readonly createdAt: number | null;
  readonly modifiedAt: number | null;
  /** Bytes, where the file system counts them (btrfs quota groups). */
  readonly usageBytes: number | null;
  readonly exclusiveBytes: number | null;
  /** Bytes; null: none. */
  readonly limitBytes: number | null;
}

/** An image that has no name of its own yet: nobody sees it. */
export interface StagedImage {
  /** What is set under this name goes with the image when it gets its own. */
  readonly name: string;
  /** Of its root directory. */
  readonly path: string;
}

/** What lies there hidden, by a look that asks the manager nothing. */
export interface ImageLeavings {
  /** Names of hidden images, half-made ones not among them. */
  readonly hidden: readonly string[];
  /** Names of hidden settings that no image has: somebody noted something. */
  readonly notes: readonly string[];
  /** Names for which an image is being made now, or was by somebody who died. */
  readonly unfinished: readonly string[];
}

export interface ManagedImages {
  /** All, hidden ones and kept states too; half-made ones not. */
  all(): Promise<readonly ManagedImage[]>;
  /** As `all`, those alone whose name is wanted: each may cost a question. */
  those(isWanted: (name: string) => boolean): Promise<readonly ManagedImage[]>;
  /** Of all, by one question. */
  names(): Promise<readonly string[]>;
  /** Undefined: there is none of this name. */
  find(name: string): Promise<ManagedImage | undefined>;
  /**
   * Settings go with it. O(1) where the file system can, else a copy. `prepare` works on the copy before anybody sees it, and answers whether it has
   * changed its files; it is not called for a raw image, whose files have no directory. Aborting, or a failure, leaves nothing of it.
   * @throws BackendError 'busy' if there is an image `to`, also one that came meanwhile
   */
  clone(
    from: string,
    to: string,
    options: { readonly readOnly: boolean; readonly prepare?: (image: StagedImage) => Promise<boolean> },
    work: StorageWork,
  ): Promise<void>;
  /** Settings go with it; limits, which are its unit's, do not. @throws BackendError 'busy' if there is an image `newName`, or it is in use */
  rename(name: string, newName: string): Promise<void>;
  /** For good, with its settings. What is gone stays gone: aborting leaves the rest of it hidden, for another call with the same name. */
  remove(name: string, work: StorageWork): Promise<void>;
  setReadOnly(name: string, readOnly: boolean): Promise<void>;
  /** @throws BackendError 'unsupported' where the file system counts nothing */
  setSizeLimit(name: string, bytes: number | 'max'): Promise<void>;
  /**
   * Makes an image of what `fill` puts into an empty directory. Nobody sees it before it is whole; nothing is left when that fails. The name is
   * taken at the end: @throws BackendError 'busy' if somebody else has it then.
   */
  make(name: string, fill: (image: StagedImage) => Promise<void>, work: StorageWork): Promise<void>;
  /** How new images are kept: btrfs is a subvolume, whose clones take no time. */
  driver(): Promise<Exclude<StorageDriverName, 'overlay'>>;
  leavings(): Promise<ImageLeavings>;
  /** Removes what a dead `make` or `clone` left under way for this name, or completes it. The caller sees to it that nobody makes it now. */
  settle(name: string): Promise<void>;
}
