/**
 * The domain's face: what commands (and later the dashboard) can ask for. `open-machines.ts` implements it.
 * Every method throws MachineError (errors.ts) and nothing else.
 */
import type {
  BackendName,
  ConsoleConnection,
  ConsoleOptions,
  ExecRequest,
  ExecResult,
  ExitRecord,
  Finding,
  Inspection,
  MachineStatus,
  MachineUsage,
  PlanStep,
} from '../backends/backend.ts';
import type { FileChange, StorageWork } from '../backends/storage.ts';
import type { Template } from '../templates/template.ts';
import type { MachineConfig } from './config-schema.ts';
import type { MachineEvent } from './events.ts';

export type MachineState = MachineStatus['state'];

/** One row of `list`; the shape of `list --json` (cli.md). */
export interface MachineSummary {
  readonly name: string;
  readonly backend: BackendName;
  readonly state: MachineState;
  readonly template: string;
  readonly privileged: boolean;
  readonly pid: number | null;
  readonly addresses: readonly string[];
  readonly memoryBytes: number | null;
  readonly cpuUsec: number | null;
  readonly tasks: number | null;
  readonly snapshots: number;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly startedAt: string | null;
}

/** One machine in full; the shape of `info --json`. */
export interface MachineDetails extends MachineSummary {
  readonly config: MachineConfig;
  readonly lastExit: ExitRecord | null;
  readonly problem: string | null;
  /** Null when not running. */
  readonly inspection: Inspection | null;
}

export interface CreateRequest {
  /** Undefined: a free name is picked. */
  readonly name: string | undefined;
  readonly template: string;
  readonly templateOptions: Readonly<Record<string, string>>;
  readonly storage: 'overlay' | 'btrfs' | 'dir';
  /** KEY=VALUE of config-keys.ts. */
  readonly settings: Readonly<Record<string, string>>;
  readonly progress: (message: string) => void;
  readonly signal: AbortSignal;
}

export interface StopOutcome {
  /** False: the time-out passed and the machine was killed. */
  readonly clean: boolean;
  readonly exit: ExitRecord | undefined;
}

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
}

export interface ExportRequest extends StorageWork {
  /** The name of a file says how it is compressed; standard output is by zstd. */
  readonly target: { readonly path: string } | 'stdout';
  /** All snapshots go with it. */
  readonly snapshots: boolean;
  /** A file of that name is replaced. */
  readonly force: boolean;
}

export interface ImportRequest extends StorageWork {
  readonly source: { readonly path: string } | 'stdin';
  /** Undefined: that of the exported machine. */
  readonly name: string | undefined;
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
  /** What restore takes: NAME.TIME or NAME@SNAPSHOT.TIME. */
  readonly entry: string;
  readonly kind: 'machine' | 'snapshot';
  readonly machine: string;
  readonly snapshot: string | null;
  /** ISO 8601. */
  readonly removedAt: string;
  /** When it goes for good at the latest. */
  readonly keptUntil: string;
}

export interface UndoneDeed {
  readonly deed: 'destroy' | 'restore' | 'snapshot-remove';
  readonly machine: string;
  readonly snapshot: string | null;
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

export interface Machines {
  /** Returns the name. */
  create(request: CreateRequest): Promise<string>;
  start(name: string, options: { readonly ifNeeded: boolean }): Promise<void>;
  /** Halts, waits `timeoutSeconds`, then kills. A frozen machine is thawed first. */
  stop(name: string, options: { readonly timeoutSeconds: number }): Promise<StopOutcome>;
  restart(name: string, options: { readonly timeoutSeconds: number }): Promise<void>;
  /** SIGKILL kills every process; another signal goes to init. */
  kill(name: string, signal: string): Promise<void>;
  freeze(name: string): Promise<void>;
  unfreeze(name: string): Promise<void>;
  exec(name: string, request: ExecRequest): Promise<ExecResult>;
  attachConsole(name: string, options: ConsoleOptions): Promise<ConsoleConnection>;
  readConsoleLog(name: string): Promise<Buffer>;
  followConsoleLog(name: string, signal: AbortSignal): AsyncIterable<Buffer>;
  plan(name: string): readonly PlanStep[];
  /** All names, sorted. Cheap: one readdir. */
  names(): readonly string[];
  list(): readonly MachineSummary[];
  info(name: string): MachineDetails;
  usage(name: string): MachineUsage;
  readConfig(name: string): MachineConfig;
  /** The stored JSON as it is, also when it is broken: what `config NAME --edit` starts from. */
  configText(name: string): string;
  /** Flat KEY -> VALUE as `config NAME` prints it. */
  settings(name: string): Readonly<Record<string, string>>;
  changeSettings(name: string, changes: Readonly<Record<string, string>>): Promise<void>;
  /** Replaces the whole config by edited JSON text, validated first. */
  replaceConfig(name: string, json: string): Promise<void>;
  rename(name: string, newName: string): Promise<void>;
  /** To the trash, or for good with `now`. Running needs `force`. */
  destroy(name: string, options: { readonly force: boolean; readonly now: boolean }): Promise<void>;
  /** Resolves when the machine is in one of the states. Throws code 'timeout'. */
  waitForState(
    name: string,
    states: readonly MachineState[],
    timeoutSeconds: number | undefined,
  ): Promise<void>;
  /** Past events, oldest first. */
  events(filter: { readonly name?: string; readonly since?: Date }): AsyncIterable<MachineEvent>;
  followEvents(filter: { readonly name?: string }, signal: AbortSignal): AsyncIterable<MachineEvent>;
  templates(): readonly Template[];
  /** Newest first. */
  images(): Promise<readonly ImageSummary[]>;
  /** Sorted. Cheap: nothing is measured. */
  imageKeys(): readonly string[];
  /** Builds or fetches an image ahead. */
  pullImage(request: PullRequest): Promise<PulledImage>;
  /** By key, or by a beginning that one key alone has. Files that something uses stay. */
  removeImages(keys: readonly string[]): Promise<readonly RemovedImage[]>;
  /** Images that nothing uses, and layers that nothing names. `dryRun`: only tells which. */
  pruneImages(options: { readonly dryRun: boolean }): Promise<PrunedImages>;
  examineHost(): Promise<readonly Finding[]>;
  /**
   * Called by the monitor (`tsmachine internal exited NAME`) when the machine ended: journal, teardown, policy.
   * Returns whether the monitor should start the machine again; never if this is `final`.
   */
  handleExit(name: string, options: { readonly final: boolean }): Promise<'start-again' | 'stay-down'>;
  /**
   * Called by a monitor that shall end (`tsmachine internal terminate NAME`): brings its machine down. Throws if it stays up;
   * the monitor then kills it.
   */
  terminate(name: string): Promise<void>;

  /** Keeps the machine's files and configuration under a name. */
  snapshot(name: string, request: SnapshotRequest): Promise<TakenSnapshot>;
  /** Oldest first. */
  snapshots(name: string): readonly SnapshotSummary[];
  /** What each snapshot has on disk that the one before it has not, by name; of dir and btrfs, its whole tree. Not told: not known. */
  snapshotBytes(name: string): Promise<ReadonlyMap<string, number>>;
  /** Puts a stopped machine back to a snapshot. What it was before is kept as an automatic snapshot, whose name is returned. */
  restore(name: string, snapshot: string, work: StorageWork): Promise<string>;
  /** To the trash; `now` for good. */
  removeSnapshots(
    name: string,
    snapshots: readonly string[],
    options: { readonly now: boolean },
  ): Promise<void>;
  /** Takes the snapshots that schedules call for, and removes those that have expired. */
  takeDueSnapshots(work: StorageWork): Promise<readonly DueSnapshot[]>;
  /** `source`: NAME, or NAME@SNAPSHOT. */
  clone(source: string, newName: string, request: CloneRequest): Promise<void>;
  /** `source`: NAME, or NAME@SNAPSHOT. Returns the names of the snapshots that went with it. */
  exportMachine(source: string, request: ExportRequest): Promise<readonly string[]>;
  importMachine(request: ImportRequest): Promise<ImportedMachine>;
  /** Newest first. */
  trash(): readonly TrashSummary[];
  /** Returns the name of the machine that it belongs to now. `as`: another name for a machine whose own is taken. */
  restoreFromTrash(entry: string, options: { readonly as: string | undefined }): Promise<string>;
  /** For good: the named entries, or all. Returns how many. */
  emptyTrash(entries: readonly string[] | undefined): Promise<number>;
  /** Reverses the last destroy, restore or removal of a snapshot that can still be reversed; says which. */
  undo(work: StorageWork): Promise<UndoneDeed>;
  /** Sources are NAME or NAME@SNAPSHOT. From the first to the second; of one alone: since its image. `below`: an absolute path inside. */
  diff(from: string, to: string | undefined, below: string | undefined): AsyncIterable<FileChange>;
  diffFile(from: string, to: string | undefined, path: string): Promise<FileDiff>;
  /** Paths of a stopped machine become what they are in `from`; undefined: in its image. */
  revert(name: string, paths: readonly string[], from: string | undefined): Promise<void>;
  /** Own and shared bytes on disk. */
  diskUsage(name: string): Promise<DiskUsage>;
}
