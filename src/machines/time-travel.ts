/** What commands ask for, and are told, about kept states of files: snapshots, clones, archives, images, the trash. Types alone. */
import type { Compression, StorageWork } from '../backends/storage.ts';
import type { MachineError } from './errors.ts';

export interface SnapshotRequest extends StorageWork {
  /** Undefined: snap1, snap2 ... */
  readonly snapshot: string | undefined;
  readonly comment: string | undefined;
  /** Milliseconds after which it may go. */
  readonly expiresAfterMs: number | undefined;
  /** After it, at most so many snapshots of the machine stay, the newest; automatic ones are not counted. */
  readonly keep: number | undefined;
}

export interface TakenSnapshot {
  readonly snapshot: string;
  /** How long the running machine stood still; undefined if it did not have to. Milliseconds. */
  readonly frozenMs: number | undefined;
  /** Snapshots that went because of `keep` or their age. */
  readonly removed: readonly string[];
}

/** One row of `snapshots`; the shape of `snapshots --json`. */
export interface SnapshotSummary {
  readonly name: string;
  /** The one that the machine's files went on from when this was taken. */
  readonly parent: string | null;
  /** Whether the machine's present files go on from this one. */
  readonly current: boolean;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly comment: string | null;
  /** Made before a restore, not asked for. */
  readonly automatic: boolean;
  readonly expiresAt: string | null;
  /** Why it cannot be restored; null if it can. */
  readonly problem: string | null;
}

export interface DueSnapshot {
  readonly machine: string;
  readonly taken: string | null;
  readonly removed: readonly string[];
  readonly error: string | null;
}

export interface CloneRequest extends StorageWork {
  /** Machine-id, hostname and ssh host keys stay those of the source. */
  readonly keepIdentity: boolean;
  /** It is gone when it ends; what for says who looks after it. */
  readonly ephemeral?: 'run' | 'start';
}

export interface EphemeralRequest extends StorageWork {
  /** Called with each name that is picked, before anything is made; another one is picked if it throws `exists`: another backend has it. */
  readonly checkName?: (name: string) => Promise<void>;
}

export interface ExportRequest extends StorageWork {
  /** The name of a file says how it is compressed; standard output is by zstd. */
  readonly target: { readonly path: string } | 'stdout';
  /** Instead of what the name says. */
  readonly compression?: Compression;
  /** All snapshots go with it. */
  readonly snapshots: boolean;
  /** A file of that name is replaced. */
  readonly force: boolean;
}

export interface ImportRequest extends StorageWork {
  readonly source: { readonly path: string } | 'stdin';
  /** Undefined: that of the exported machine. */
  readonly name: string | undefined;
  /** Called once it is known what the machine is to be called, before anything is made. Throws `exists` if another backend has the name. */
  readonly checkName?: (name: string) => Promise<void>;
  /** Undefined: as it was kept. */
  readonly storage: 'overlay' | 'btrfs' | 'dir' | undefined;
  readonly keepIdentity: boolean;
  /** Settings that open the host to the machine are taken over too. */
  readonly trust: boolean;
  /** Of what is unpacked; undefined: what the disk can bear. */
  readonly maxBytes: number | undefined;
}

export interface ImportedMachine {
  readonly name: string;
  readonly snapshots: readonly string[];
  /** Keys of settings that were not taken over. */
  readonly leftOut: readonly string[];
}

/** One row of `trash list`; the shape of `trash list --json`. */
export interface TrashSummary {
  /** What restore takes: NAME.TIME, NAME@SNAPSHOT.TIME or NAME+paths.TIME. */
  readonly entry: string;
  readonly kind: 'machine' | 'snapshot' | 'paths';
  readonly machine: string;
  readonly snapshot: string | null;
  /** Of kind `paths`: which, absolute. Null of others, and where it cannot be read. */
  readonly paths: readonly string[] | null;
  /** ISO 8601. */
  readonly removedAt: string;
  /** When it goes for good at the latest. */
  readonly keptUntil: string;
}

/** Named ones, of which none may be missing; those that were listed, as far as nobody has taken them since; undefined: all. */
export type ChosenTrash = readonly string[] | { readonly listed: readonly string[] } | undefined;

/** An entry of the trash that went for good, because the trash was over its bounds. */
export interface PurgedEntry {
  readonly entry: string;
  /** Of its own files; null if it could not be measured. */
  readonly bytes: number | null;
}

/** What else came of putting something into the trash. */
export interface Removal {
  readonly purged: readonly PurgedEntry[];
}

/** What `undo` has reversed; of a command that removed several things the last of them, or which it was that could not come back. */
export interface Undone extends UndoneDeed {
  /** Of such a command alone. */
  readonly command?: UndoneCommand;
}

export interface UndoneCommand {
  readonly id: string;
  /** All that is left in the trash of what it removed, the last one first. */
  readonly results: readonly UndoResult[];
}

/** With `error` it is still in the trash. */
export interface UndoResult extends UndoneDeed {
  readonly error?: MachineError;
}

export interface UndoneDeed {
  readonly deed: 'destroy' | 'restore' | 'snapshot-remove' | 'revert';
  readonly machine: string;
  readonly snapshot: string | null;
  /** Of a revert: what is again what it was. */
  readonly paths?: readonly string[];
}

/** One file in two states. */
export interface FileDiff {
  /** Unified; '' if both are the same; null if it is no text, or in neither state a regular file of at most 4 MiB. */
  readonly text: string | null;
  readonly binary: boolean;
}

export interface DiskUsage {
  /** Freed when the machine goes. */
  readonly ownBytes: number;
  /** Of layers that other machines, snapshots elsewhere or images use too. */
  readonly sharedBytes: number;
}

/** What needs layers. A machine that is being made counts as one. */
export interface LayerUsers {
  readonly machines: readonly string[];
  /** NAME@SNAPSHOT. */
  readonly snapshots: readonly string[];
  /** Entries of the trash. */
  readonly trash: readonly string[];
}

/** One row of `image list`; the shape of `image list --json`. */
export interface ImageSummary {
  readonly key: string;
  /** Null: it is not known. */
  readonly template: string | null;
  readonly options: Readonly<Record<string, string>>;
  /** Ids, top first. */
  readonly layers: readonly string[];
  readonly bytes: number;
  readonly usedBy: LayerUsers;
  /** ISO 8601. */
  readonly createdAt: string;
  /** Why no machine can be made from it as it is: it will be built again. Null if one can. */
  readonly problem: string | null;
}

export interface PullRequest {
  readonly template: string;
  readonly templateOptions: Readonly<Record<string, string>>;
  readonly progress: (message: string) => void;
  readonly fileProgress: StorageWork['progress'];
  readonly signal: AbortSignal;
}

export interface PulledImage {
  readonly key: string;
  /** False: it was there already. */
  readonly built: boolean;
}

export interface RemovedImage {
  readonly key: string;
  readonly freedBytes: number;
  /** What its files stay for. */
  readonly usedBy: LayerUsers;
  /** A file that cannot be read, and for which no files go; null if there is none. */
  readonly keptFor: string | null;
}

export interface PrunedImages {
  readonly images: readonly { readonly key: string; readonly bytes: number }[];
  /** How many layers more, that neither an image nor anything else named. */
  readonly layers: number;
  readonly freedBytes: number;
}
