/**
 * The part of the seam that is about files: where the states of a machine's root file system lie, and how one becomes another.
 * The domain names places and remembers what lies there; a backend's drivers move and copy. Every method may be called again
 * after its process died in the middle of it, and then finishes the work. This file imports types of the seam only.
 */
import type { MachineHandle, StorageDriverName } from './machine-spec.ts';

/** A state of a machine's files. */
export interface FileState {
  readonly driver: StorageDriverName;
  /** Absolute directories of shared read-only layers, top first. dir, btrfs: what the tree was once made from. */
  readonly layers: readonly string[];
  /** overlay: the directory of changes over the layers, undefined where there is none. dir, btrfs: the whole tree. */
  readonly tree: string | undefined;
}

/** Where a state may be kept; a driver uses the one that it needs. Neither exists yet, their parents do. */
export interface FilePlace {
  /** overlay: a new layer's directory. */
  readonly layer: string;
  /** dir, btrfs: a whole tree. */
  readonly tree: string;
}

export interface KeptState {
  /** What was kept. */
  readonly kept: FileState;
  /** The machine's layers from now on, top first. */
  readonly machineLayers: readonly string[];
  /** How long a running machine stood still for it, in milliseconds; undefined if it did not have to. */
  readonly frozenMs: number | undefined;
}

/** How far a long work is. `total` is undefined while it is not known. */
export interface StorageProgress {
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: 'bytes' | 'files';
  /** Undefined: it copies. */
  readonly deed?:
    | 'copying'
    | 'keeping'
    | 'removing'
    | 'merging'
    | 'fetching'
    | 'unpacking'
    | 'checking'
    | 'syncing';
  /** Of several that come one after the other, how large the others are is not known: which one this is, from 1. */
  readonly part?: { readonly noun: 'layer' | 'path'; readonly number: number; readonly of: number };
}

/** Aborting undoes what the call did so far, and makes it throw the signal's reason. */
export interface StorageWork {
  /** Called before files of a machine are moved, or anything is put into a layer. */
  readonly beforeKeeping?: () => void;
  readonly progress: (progress: StorageProgress) => void;
  readonly signal: AbortSignal;
}

/** All is written, and the disk has not all of it yet: nobody knows how much is left. */
export const syncing: StorageProgress = { done: 0, total: undefined, unit: 'bytes', deed: 'syncing' };

export interface RemovalWork extends StorageWork {
  /** What will be removed after it: the total is that of all. */
  readonly later?: readonly string[];
}

/** One difference between two states: `path` is absolute inside. */
export interface FileChange {
  readonly path: string;
  readonly kind: 'added' | 'modified' | 'deleted' | 'type' | 'metadata';
  /** Undefined where there is nothing. */
  readonly before: FileAttributes | undefined;
  readonly after: FileAttributes | undefined;
}

export interface FileAttributes {
  readonly type: 'file' | 'directory' | 'symlink' | 'fifo' | 'socket' | 'block' | 'character';
  /** Permission bits with set-id and sticky bits. */
  readonly mode: number;
  /** As inside. */
  readonly uid: number;
  readonly gid: number;
  /** Bytes. */
  readonly size: number;
}

export type Compression = 'zstd' | 'xz' | 'gzip' | 'none';

/** A state that goes into an archive. */
export interface PackedState {
  readonly files: FileState;
  /** The number of an earlier state of the same archive, from which only the differences are packed; undefined: all of it. */
  readonly base: number | undefined;
}

export interface PackRequest {
  readonly states: readonly PackedState[];
  /** What the archive begins with. `removed`: of each state, the paths (relative, as bytes) that its base has and it has not. */
  readonly manifest: (removed: readonly (readonly Buffer[])[]) => Buffer;
  readonly compression: Compression;
  /** An empty directory for this work alone. */
  readonly workDirectory: string;
  /** A descriptor, written from where it stands. */
  readonly output: number;
}

/** Where an archive comes from. */
export interface ArchiveInput {
  readonly descriptor: number;
  /** Undefined if that is not known. */
  readonly bytes: number | undefined;
}

/** An archive of which no more was read than its manifest. */
export interface OpenArchive {
  readonly manifest: Buffer;
  /**
   * Makes `directory`/states/NUMBER for each of its states; nothing outside of `directory` is written, whatever the archive says. It
   * exists, and is empty. What a call that failed left there is the caller's to remove.
   */
  unpack(directory: string, states: number, maxBytes: number | undefined): Promise<void>;
  /** Ends what was begun. */
  close(): Promise<void>;
}

/** What came out of an archive of a state. */
export interface UnpackedFiles {
  /** A directory with all of it, or its differences from `base`. It may be moved away. */
  readonly directory: string;
  /** The number of an earlier one. */
  readonly base: number | undefined;
  readonly removed: readonly Buffer[];
}

export interface UnpackedState extends UnpackedFiles {
  /** Where it will be kept; without `tree` it is what the machine's files are now. */
  readonly place: Pick<FilePlace, 'layer'> & Partial<FilePlace>;
}

/** What somebody else's tree is. */
export interface TreeSurvey {
  /** On disk. */
  readonly bytes: number;
  readonly entries: number;
  /** Of owners and groups. */
  readonly lowestId: number;
  /** Whose the top is. */
  readonly topId: number;
  readonly highestId: number;
  /** Absolute inside: who has the highest. */
  readonly highestPath: string;
  /** Another one if anything in it changed; of names, kinds, owners, modes, sizes, times and attributes. */
  readonly fingerprint: string;
}

/** Trees that machines are made from, and that are no machine's yet. */
export interface TreeWork {
  /**
   * Unpacks a tar (gzip, xz, zstd or none) that anybody may have made into `directory`, which exists and is empty; nothing outside of it is
   * written, whatever the archive says. What a call that failed left there is the caller's to remove. `maxBytes` undefined: as much as
   * the disk has, but a rest.
   */
  unpackTree(
    input: ArchiveInput,
    directory: string,
    maxBytes: number | undefined,
    work: StorageWork,
  ): Promise<void>;
  /** Of a tree that stands still. No symbolic link is followed. */
  surveyTree(directory: string, work: StorageWork): Promise<TreeSurvey>;
  /**
   * Copies a tree into `target`, an empty directory; blocks are shared where the file system can. No symbolic link is followed. Ids from
   * `idsFrom` on become those from 0 on. `bytes`: about as many.
   * @throws BackendError 'failed' with EBUSY if something is mounted in `source`
   */
  copyTree(
    source: string,
    target: string,
    about: { readonly idsFrom: number; readonly bytes: number },
    work: StorageWork,
  ): Promise<void>;
  /** Throws BackendError 'failed' with EBUSY if something is mounted in it, and removes nothing then. */
  removeTree(directory: string, work: StorageWork): Promise<void>;
}

/** What can be done with states of files wherever they lie, and whoever's they are. */
export interface TreeStorage extends TreeWork {
  /** Differences from one state to the other, depth first, names in byte order. `below`: only of this path and what lies under it. */
  changes(from: FileState, to: FileState, below?: string): AsyncIterable<FileChange>;
  /** Whether there is something at a path (absolute inside) of a state. */
  has(state: FileState, path: string): Promise<boolean>;
  /** A file of a state as it is, or undefined if there is none, or none that is regular and at most `limit` bytes. */
  readFile(state: FileState, path: string, limit: number): Promise<Buffer | undefined>;
  /**
   * Copies what a state that stands still shows at paths (absolute, none below another) to the same paths below a new directory `tree`;
   * what is not there is left out. It is on disk then. `view`: for this work alone.
   */
  copyPaths(
    state: FileState,
    paths: readonly string[],
    place: { readonly tree: string; readonly view: string },
    work: StorageWork,
  ): Promise<void>;

  /** Writes states as one archive: the same bytes for the same states. */
  pack(request: PackRequest, work: StorageWork): Promise<void>;
  /** Throws BackendError 'failed' for what is no archive. */
  openArchive(input: ArchiveInput, work: StorageWork): Promise<OpenArchive>;

  /**
   * What some directories together have on disk: `ownBytes` that nothing outside of them holds, `sharedBytes` that something does, as
   * the blocks of a reflink. What more than one of them has counts once.
   */
  sharesOf(paths: readonly string[]): Promise<{ readonly ownBytes: number; readonly sharedBytes: number }>;
  /** Bytes on disk of a directory with all that is in it, hard links counted once, shared blocks each time. */
  bytesOf(path: string): Promise<number>;
  /** The same of each of some directories by itself; undefined where it cannot be told. For hundreds of small ones at a time. */
  bytesOfEach(paths: readonly string[]): Promise<readonly (number | undefined)[]>;
}

export interface BackendStorage extends TreeStorage {
  /**
   * Resolves if new machines can be made with this driver here. Throws BackendError 'unsupported' with why not, and the fix.
   * `limitsDisk`: and `limitDisk` can be used of them.
   */
  requireDriver(driver: StorageDriverName, needs?: { readonly limitsDisk: boolean }): Promise<void>;
  /** The state in which the machine's files are now. */
  stateOf(machine: MachineHandle): FileState;
  /**
   * Makes the writable part of a new machine's storage from its layers, and its identity files (hostname, hosts, machine-id). The
   * machine is staged: what `prepare`, `clone` and `renewIdentity` write of it is on disk only after `sync`.
   */
  prepare(machine: MachineHandle, work: StorageWork): Promise<void>;
  /** All that was written on the file system of this directory is on disk: once, before what is staged gets its place. */
  sync(directory: string): Promise<void>;
  /** Rewrites the identity files after a rename. */
  writeIdentity(machine: MachineHandle): Promise<void>;
  /** Makes a clone somebody else: the identity files, and new ssh host keys where it has some. */
  renewIdentity(machine: MachineHandle): Promise<void>;

  /**
   * Keeps the present state at `place`. A running machine is frozen for as long as it must be, and thawed on every way out.
   * overlay, stopped: the changes become a layer, also the machine's own (no copy); nothing changed: there is no new layer.
   */
  keep(machine: MachineHandle, place: FilePlace, work: StorageWork): Promise<KeptState>;
  /** Of a stopped machine: keeps the present state at `place` (without a copy) and puts `from` in its stead. */
  replace(machine: MachineHandle, from: FileState, place: FilePlace, work: StorageWork): Promise<KeptState>;
  /**
   * Makes the storage of a new machine (`target`, without identity) from a state of another one. Without `from`: from the present
   * one of `source`, for which overlay may need a new layer at `layer`. `machineLayers` are those of `source` from now on.
   */
  clone(
    source: MachineHandle,
    from: FileState | undefined,
    target: MachineHandle,
    layer: string,
    work: StorageWork,
  ): Promise<KeptState>;
  /**
   * How many bytes the machine's files may take from now on, whether or not it runs. Files that came in the place of others (replace,
   * clone) have no limit yet. Throws BackendError 'unsupported' where the driver cannot hold to it; 'max' is fine everywhere.
   */
  limitDisk(machine: MachineHandle, bytes: number | 'max'): Promise<void>;
  /**
   * Deletes a layer, a kept tree or a machine's whole directory for good. What is not there is no error. `work`: of a whole that may
   * take long. What is gone stays gone: aborting leaves the rest for another call, and throws the signal's reason.
   */
  remove(path: string, work?: RemovalWork): Promise<void>;
  /**
   * Moves all of the layer `upper` into the layer `lower` below it, so that both together look the same at every moment. Nobody
   * may have them mounted. `deeper`: the layers below `lower`, top first, if they are the same in every stack; what would only hide
   * what they do not have is not kept then. Aborting undoes nothing: another call goes on.
   */
  merge(
    upper: string,
    lower: string,
    deeper: readonly string[] | undefined,
    work: StorageWork,
  ): Promise<void>;

  /** Of a stopped machine: makes `path` what it is in `from`, with all below it. */
  revert(machine: MachineHandle, path: string, from: FileState, work: StorageWork): Promise<void>;

  /** Makes the storage of a new machine (without identity), and what else is kept, of unpacked states. Their layers, top first. */
  adopt(
    machine: MachineHandle,
    states: readonly UnpackedState[],
    workDirectory: string,
    work: StorageWork,
  ): Promise<readonly (readonly string[])[]>;
}
