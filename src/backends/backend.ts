/**
 * The seam between the domain (machines/) and what runs machines (native, nspawn).
 * Types are plain data, so that a plan, a status or a description can be stored, printed and compared.
 * These files import nothing else of ours.
 */

import type { ConsoleConnection, ConsoleOptions } from './console.ts';
import type { BackendFiles } from './files.ts';
import type { Inspection } from './inspection.ts';
import type { LimitHistory, LimitNews } from './limit-news.ts';
import type { CgroupLimits, LimitName, LimitsInForce } from './limits.ts';
import type { BackendName, IdRange, MachineHandle } from './machine-spec.ts';
import type { ExitRecord, MachineStatus, MachineUsage } from './machine-status.ts';
import type { Remaining } from './remaining.ts';
import type { BackendStorage } from './storage.ts';
import type { SamplerRequest, UsageSampler } from './usage.ts';

export * from './backend-error.ts';
export type * from './console.ts';
export type * from './machine-spec.ts';
export type * from './machine-status.ts';

/** One step of a launch plan, in words and as data. */
export interface PlanStep {
  readonly section: 'machine' | 'outside' | 'inside';
  readonly index: number;
  readonly operation: string;
  readonly arguments: readonly string[];
  /** What it does and why, for a person. */
  readonly explanation: string;
}

export interface ExecRequest {
  /** Undefined: the user's login shell. */
  readonly argv: readonly [string, ...string[]] | undefined;
  /** A name or uid[:gid], resolved inside the machine. */
  readonly user: string;
  readonly workingDirectory: string | undefined;
  readonly environment: Readonly<Record<string, string>>;
  /** A pty of the machine's own devpts, relayed to our terminal; else fds 0, 1, 2 are passed on. */
  readonly terminal: boolean;
  /** 'inherit': this process's own; 'pipe': collected and returned (bounded to 1 MiB each). */
  readonly stdio: 'inherit' | 'pipe';
  readonly signal?: AbortSignal;
}

export interface ExecResult {
  /** The command's own; 125 setup failed, 126 not executable, 127 not found, 128+N killed by signal N. */
  readonly exitCode: number;
  readonly stdout: Buffer;
  readonly stderr: Buffer;
}

/** One line of `doctor`. */
export interface Finding {
  readonly subject: string;
  readonly verdict: 'ok' | 'note' | 'warning' | 'problem';
  readonly detail: string;
  /** What a person can do; required unless ok. */
  readonly fix?: string;
}

/** What comes after the end of a machine's init. */
export type AfterExit = 'start-again' | 'stay-down';

export type DecideAfterExit = (exit: ExitRecord | undefined) => AfterExit | Promise<AfterExit>;

export interface EndWatch {
  /**
   * The exit record when the machine is down and torn down, or undefined on time-out (milliseconds). A reboot is no end:
   * the run that begins then is told to `again`. May be called again.
   */
  ended(timeoutMs: number, again?: () => Promise<unknown>): Promise<ExitRecord | undefined>;
  /** As Backend.signal, by the connection that there is; answers which it was. Between two runs there is no init: 'not-running'. */
  signal(signal: string): Promise<string>;
  close(): void;
}

export interface Backend {
  readonly name: BackendName;

  /** Reserves what a new machine needs. Undone by `release`. */
  allocateIdRange(name: string): Promise<IdRange>;
  releaseIdRange(range: IdRange, name: string): Promise<void>;
  /** A range that already carries the new name is fine: an interrupted rename is finished by calling it again. */
  renameIdRange(range: IdRange, name: string, newName: string): Promise<void>;
  /** Every range that carries this name: after an interrupted create the domain must find what was reserved. */
  idRangesOf(name: string): Promise<readonly IdRange[]>;
  /** What lies on disk. */
  readonly storage: BackendStorage;
  /** What goes in and out of machines. */
  readonly files: BackendFiles;

  /** Pure: the same spec gives the same steps. */
  plan(machine: MachineHandle): Promise<readonly PlanStep[]>;

  /**
   * What the machine begins again from when it reboots becomes what its spec says now. Until then it is what the present run was
   * started with.
   * @throws BackendError as `plan`
   */
  renewPlan(machine: MachineHandle): Promise<void>;
  /** Resolves when init has been executed. The caller holds the machine's lock. */
  start(machine: MachineHandle): Promise<{ readonly pid: number; readonly monitorPid: number }>;
  /** Never throws for a machine that vanishes meanwhile; the truth is the kernel's. */
  status(machine: MachineHandle): MachineStatus;
  /** The stored exit record, in every state: on-exit reads it while the monitor that wrote it still lives. */
  lastExit(machine: MachineHandle): ExitRecord | undefined;
  usage(machine: MachineHandle): MachineUsage;
  /** For looking again and again. The caller closes it. */
  openSampler(request: SamplerRequest): Promise<UsageSampler>;
  /** Sends a signal to init, race-free. `signal` is a name with SIG, 'halt' or 'reboot' (then spec.signals decides). */
  signal(machine: MachineHandle, signal: string): Promise<void>;
  /** Kills every process of the machine at once; `watchEnd` tells when they are gone. */
  kill(machine: MachineHandle): Promise<void>;
  /**
   * Watches for the end from when this resolves. With `decide` the watcher also decides what comes after it, in place of
   * the command that the machine's supervisor would run; a backend whose supervisor decides itself does not ask.
   */
  watchEnd(machine: MachineHandle, decide?: DecideAfterExit): Promise<EndWatch>;
  /** Who is still there, for a person to see. Never throws for a machine that vanishes meanwhile. */
  remaining(machine: MachineHandle): Remaining;
  /**
   * Waits until init has said that the machine has booted, or `timeoutMs` have passed. One whose init never says so is ready when it
   * runs; 'ended': it runs no more. A reboot is waited for.
   */
  awaitReady(machine: MachineHandle, timeoutMs: number): Promise<'ready' | 'ended' | 'timeout'>;
  /** Cleans up after a monitor or machine that died: kills what is left, removes cgroups and the run directory. */
  collect(machine: MachineHandle): Promise<void>;
  /** Resolves when the kernel confirms; on time-out undoes and throws. */
  freeze(machine: MachineHandle, timeoutMs: number): Promise<void>;
  unfreeze(machine: MachineHandle, timeoutMs: number): Promise<void>;

  /**
   * Changes the named limits of a live machine from what its spec says to what `limits` says, all or none.
   * @throws BackendError 'failed' that names file and errno, 'unsupported'
   */
  changeLimits(machine: MachineHandle, limits: CgroupLimits, names: readonly LimitName[]): void;
  /** Of a live machine; undefined while it is down. */
  limitsInForce(machine: MachineHandle): LimitsInForce | undefined;
  /**
   * Hands over what limits did to a machine since the last time, whoever took it then; `tell` is not called if that is nothing.
   * Also of one that has just ended, to who decides what comes after it.
   * @param signalled what the machine's supervisor said of it, in its own words
   * @returns undefined if it does not run
   */
  takeLimitNews(
    machine: MachineHandle,
    signalled: readonly string[],
    tell: (news: readonly LimitNews[]) => void,
  ): Promise<LimitHistory | undefined>;

  exec(machine: MachineHandle, request: ExecRequest): Promise<ExecResult>;
  attachConsole(machine: MachineHandle, options: ConsoleOptions): Promise<ConsoleConnection>;
  /** What is kept of the console, also after the machine's death. */
  readConsoleLog(machine: MachineHandle): Promise<Buffer>;
  /** New console output as it comes, machine running or not; ends when `signal` aborts. */
  followConsoleLog(machine: MachineHandle, signal: AbortSignal): AsyncIterable<Buffer>;

  /** Never throws for a machine that vanishes meanwhile: then less is known. */
  inspect(machine: MachineHandle): Promise<Inspection>;
  /** What this host can and cannot do, leftovers of ours included. `known` are the names of all machines. */
  examineHost(known: readonly string[]): Promise<readonly Finding[]>;
}
