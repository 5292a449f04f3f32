/**
 * The domain's face: what commands (and later the dashboard) can ask for. `open-machines.ts` implements it.
 * Every method throws MachineError (errors.ts) and nothing else.
 */
import type {
  ConsoleConnection,
  ConsoleOptions,
  ExecRequest,
  ExecResult,
  Finding,
  MachineUsage,
  PlanStep,
} from '../backends/backend.ts';
import type { Inspection } from '../backends/inspection.ts';
import type { StorageDriverName } from '../backends/machine-spec.ts';
import type { Remaining } from '../backends/remaining.ts';
import type { FileChange, StorageWork } from '../backends/storage.ts';
import type { SamplerOptions, SampleScope, UsageSampler } from '../backends/usage.ts';
import type { Template } from '../templates/template.ts';
import type { MachineConfig } from './config/config-schema.ts';
import type { MachineEvent } from './events/events.ts';
import type { FileAccess } from './file-access.ts';
import type { StopOptions, StopOutcome } from './stopping.ts';
import type { LayerSize, MachineDetails, MachineState, MachineSummary } from './summaries.ts';
import type {
  ChosenTrash,
  CloneRequest,
  DiskUsage,
  DueSnapshot,
  EphemeralRequest,
  ExportRequest,
  FileDiff,
  ImageSummary,
  ImportedMachine,
  ImportRequest,
  PrunedImages,
  PulledImage,
  PullRequest,
  Removal,
  RemovedImage,
  SnapshotRequest,
  SnapshotSummary,
  TakenSnapshot,
  TrashSummary,
  Undone,
  UndoResult,
} from './time-travel.ts';

export type * from './file-access.ts';
export type * from './summaries.ts';
export type * from './time-travel.ts';

/** What a machine does once, at its first start, under cloud-init's names. */
export interface UserDataRequest {
  /** `#cloud-config` and YAML, or a script that begins with `#!`. */
  readonly text: string | undefined;
  /** Some of it by itself, in the words of a command line. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface CreateRequest {
  /** Undefined: a free name is picked. */
  readonly name: string | undefined;
  readonly template: string;
  readonly templateOptions: Readonly<Record<string, string>>;
  /** Undefined: overlay, or else dir. */
  readonly storage: StorageDriverName | undefined;
  /** KEY=VALUE of config-keys.ts. */
  readonly settings: Readonly<Record<string, string>>;
  readonly userData?: UserDataRequest;
  readonly progress: (message: string) => void;
  readonly fileProgress: StorageWork['progress'];
  readonly signal: AbortSignal;
  /** It is gone when it ends; what for says who looks after it. */
  readonly ephemeral?: 'run' | 'start';
}

export interface RunRequest extends Omit<CreateRequest, 'ephemeral'> {
  readonly command: ExecRequest;
  /** It is made and runs: the command begins. */
  readonly onReady?: () => void;
}

export interface AutostartChoice {
  /** Those of one of these groups; none: all. */
  readonly groups: readonly string[];
  /** Also those without autostart. */
  readonly all: boolean;
}

/** One row of `autostart --list`. */
export interface AutostartMachine {
  readonly name: string;
  readonly state: MachineState;
  /** It is down, and starts again by itself (restart.policy). */
  readonly waits: boolean;
  readonly enabled: boolean;
  /** The higher, the earlier. */
  readonly priority: number;
  readonly delayMs: number;
  readonly groups: readonly string[];
}

export interface DestroyOptions {
  readonly force: boolean;
  readonly now: boolean;
  /** Of a command that destroys several (trash/removed-by.ts): they come back together. */
  readonly command?: string | undefined;
}

export interface Machines extends FileAccess {
  /** Returns the name. */
  create(request: CreateRequest): Promise<string>;
  /** False: with `ifNeeded`, it ran already. */
  start(name: string, options: { readonly ifNeeded: boolean }): Promise<boolean>;
  /** Halts, waits `timeoutSeconds`, then kills. A frozen machine is thawed first. */
  stop(name: string, options: StopOptions): Promise<StopOutcome>;
  restart(name: string, options: StopOptions): Promise<StopOutcome>;
  /** The processes that it has now: what a stop waits for. */
  remaining(name: string): Promise<Remaining>;
  /** SIGKILL kills every process; another signal goes to init. */
  kill(name: string, signal: string): Promise<void>;
  freeze(name: string): Promise<void>;
  unfreeze(name: string): Promise<void>;
  exec(name: string, request: ExecRequest): Promise<ExecResult>;
  attachConsole(name: string, options: ConsoleOptions): Promise<ConsoleConnection>;
  readConsoleLog(name: string): Promise<Buffer>;
  followConsoleLog(name: string, signal: AbortSignal): AsyncIterable<Buffer>;
  plan(name: string): Promise<readonly PlanStep[]>;
  /** All names, sorted. Cheap: one readdir. */
  names(): Promise<readonly string[]>;
  list(): Promise<readonly MachineSummary[]>;
  info(name: string): Promise<MachineDetails>;
  /** As the kernel sees it; null when not running. */
  inspect(name: string): Promise<Inspection | null>;
  /** Its read-only layers, top first. */
  layerSizes(name: string): Promise<readonly LayerSize[]>;
  /** Machines that share layers with it beyond its image: its clones, and what it was cloned from. They stay whole without it. */
  relatives(name: string): Promise<readonly string[]>;
  usage(name: string): Promise<MachineUsage>;
  /** What running machines, or all groups of the host, use, to be asked again and again. The caller closes it. */
  openSampler(scope: SampleScope, options: SamplerOptions): Promise<UsageSampler>;
  readConfig(name: string): Promise<MachineConfig>;
  /**
   * What `config NAME --edit` starts from: the stored JSON as it is, also when it is broken; of a machine that systemd-machined keeps, the text
   * of its settings file (systemd.nspawn(5)).
   */
  configText(name: string): Promise<string>;
  /** Flat KEY -> VALUE as `config NAME` prints it. */
  settings(name: string): Promise<Readonly<Record<string, string>>>;
  /** Limits of a live machine that are not what is set, because somebody else wrote them: as the kernel goes by them. */
  differingSettings(name: string): Promise<Readonly<Record<string, string>>>;
  changeSettings(name: string, changes: Readonly<Record<string, string>>): Promise<void>;
  /** Replaces all of that by edited text, validated first. */
  replaceConfig(name: string, text: string): Promise<void>;
  rename(name: string, newName: string): Promise<void>;
  /** To the trash, or for good with `now`. Running needs `force`. */
  destroy(name: string, options: DestroyOptions, work?: StorageWork): Promise<Removal>;
  /** Resolves when the machine is in one of the states. Throws code 'timeout'. */
  waitForState(
    name: string,
    states: readonly MachineState[],
    timeoutSeconds: number | undefined,
  ): Promise<void>;
  /**
   * Resolves when its init has said that the machine has booted, or it runs and its init never says so. Throws code 'timeout', or
   * 'failed' when it ended before.
   */
  waitUntilReady(name: string, timeoutSeconds: number): Promise<void>;
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
  removeImages(keys: readonly string[], work?: StorageWork): Promise<readonly RemovedImage[]>;
  /** Images that nothing uses, and layers that nothing names. `dryRun`: only tells which. */
  pruneImages(options: { readonly dryRun: boolean }, work?: StorageWork): Promise<PrunedImages>;
  examineHost(): Promise<readonly Finding[]>;
  /**
   * Called by the monitor (`tsmachine internal exited NAME`) when the machine ended: journal, teardown, policy.
   * Returns whether the monitor should start the machine again; never if this is `final`.
   */
  handleExit(name: string, options: { readonly final: boolean }): Promise<'start-again' | 'stay-down'>;
  /**
   * Called by the monitor (`tsmachine internal event NAME FILE...`) when something that it watches happened: tells the journal, and
   * does what the machine's on-oom says. `signalled` are the files.
   */
  handleEvent(name: string, signalled: readonly string[]): Promise<void>;
  /**
   * Called by a monitor that shall end (`tsmachine internal terminate NAME`): brings its machine down. Throws if it stays up;
   * the monitor then kills it.
   */
  terminate(name: string): Promise<void>;
  /** In the order in which they are started with the host. */
  autostartMachines(choice: AutostartChoice): Promise<readonly AutostartMachine[]>;
  /** A command in a machine that is made for it and goes with it. */
  run(request: RunRequest): Promise<ExecResult>;
  /** A clone of NAME or NAME@SNAPSHOT that is gone when it ends. Returns its name. */
  startEphemeral(source: string, request: EphemeralRequest): Promise<string>;
  /** Removes an ephemeral machine that has ended, or whose command has (`tsmachine internal sweep NAME`). */
  sweep(name: string): Promise<void>;
  /** Called when the time of a restart has come (`tsmachine internal restart NAME`). */
  restartDue(name: string): Promise<void>;

  /** Keeps the machine's files and configuration under a name. */
  snapshot(name: string, request: SnapshotRequest): Promise<TakenSnapshot>;
  /** Oldest first. */
  snapshots(name: string): Promise<readonly SnapshotSummary[]>;
  /** What each snapshot has on disk that the one before it has not, by name; of dir and btrfs, its whole tree. Not told: not known. */
  snapshotBytes(name: string): Promise<ReadonlyMap<string, number>>;
  /** Puts a stopped machine back to a snapshot. What it was before is kept as an automatic snapshot, whose name is returned. */
  restore(name: string, snapshot: string, work: StorageWork): Promise<string>;
  /** To the trash; `now` for good. */
  removeSnapshots(
    name: string,
    snapshots: readonly string[],
    options: { readonly now: boolean },
    work?: StorageWork,
  ): Promise<Removal>;
  /** Takes the snapshots that schedules call for, and removes those that have expired. */
  takeDueSnapshots(work: StorageWork): Promise<readonly DueSnapshot[]>;
  /** `source`: NAME, or NAME@SNAPSHOT. */
  clone(source: string, newName: string, request: CloneRequest): Promise<void>;
  /** `source`: NAME, or NAME@SNAPSHOT. Returns the names of the snapshots that went with it. */
  exportMachine(source: string, request: ExportRequest): Promise<readonly string[]>;
  importMachine(request: ImportRequest): Promise<ImportedMachine>;
  /** Newest first. */
  trash(): Promise<readonly TrashSummary[]>;
  /** Returns the name of the machine that it belongs to now. `as`: another name for what comes back. */
  restoreFromTrash(
    entry: string,
    options: { readonly as: string | undefined },
    work?: StorageWork,
  ): Promise<string>;
  /** For good: the named entries, or all. Returns how many. */
  emptyTrash(chosen: ChosenTrash, work?: StorageWork): Promise<number>;
  /** Reverses the last destroy, restore, revert or removal of a snapshot that can still be reversed, with all that its command did; says which. */
  undo(work: StorageWork): Promise<Undone>;
  /** Brings back what is left in the trash of what one command removed. */
  undoCommand(id: string, work: StorageWork): Promise<readonly UndoResult[]>;
  /** Sources are NAME or NAME@SNAPSHOT. From the first to the second; of one alone: since its image. `below`: an absolute path inside. */
  diff(from: string, to: string | undefined, below: string | undefined): AsyncIterable<FileChange>;
  diffFile(from: string, to: string | undefined, path: string): Promise<FileDiff>;
  /** Paths of a stopped machine become what they are in `from`; undefined: in its image. */
  revert(name: string, paths: readonly string[], from: string | undefined, work: StorageWork): Promise<void>;
  /** Own and shared bytes on disk. */
  diskUsage(name: string): Promise<DiskUsage>;
}
