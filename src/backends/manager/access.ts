/** What goes in and out of machines: a part of the seam to a manager. */
import type { BindMount, ConsoleConnection, ConsoleOptions, ExecRequest, ExecResult } from '../backend.ts';
import type { MountUser, TransferRequest, TransferResult, TransferWork } from '../files.ts';

export interface ManagedAccess {
  /** The command's own exit code, and streams apart. */
  exec(name: string, request: ExecRequest): Promise<ExecResult>;
  /**
   * Runs commands in the files of a machine that is down: as root, confined as when it runs, without its init and without a network. Nobody takes
   * it for running meanwhile, and nobody can start it. `work` gets what runs one, with both streams in `stdout`; it throws 'not-running' if what
   * they run in has ended. Should the caller die, the rest goes with it.
   * @throws BackendError 'launch-failed' with why: it runs, for example, or has no shell
   */
  withoutInit<T>(
    name: string,
    work: (run: (argv: readonly [string, ...string[]]) => Promise<ExecResult>) => Promise<T>,
  ): Promise<T>;
  /** A login on the machine's console, where its init gives one. */
  attachConsole(name: string, options: ConsoleOptions): Promise<ConsoleConnection>;
  /** What the manager keeps of the console's output. @throws BackendError 'no-such-machine', as all of these do */
  readConsoleLog(name: string): Promise<Buffer>;
  followConsoleLog(name: string, signal: AbortSignal): AsyncIterable<Buffer>;
  /** In whatever state it is. */
  push(name: string, request: TransferRequest, work: TransferWork): Promise<TransferResult>;
  pull(name: string, request: TransferRequest, work: TransferWork): Promise<TransferResult>;
  /** Of a machine that runs. */
  bind(name: string, bind: BindMount): Promise<void>;
  /** False: there is none. */
  unbind(name: string, path: string): Promise<boolean>;
  usersOf(name: string, path: string): Promise<readonly MountUser[]>;
}
