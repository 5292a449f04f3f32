/** What is done to machines that run, or shall: a part of the seam to a manager. */
export interface ManagedLife {
  /**
   * Resolves when the manager says that it is done: with a machine whose init says so, when it has booted.
   * @throws BackendError 'already-running'; 'launch-failed' with why, in the words that the manager kept
   */
  start(name: string): Promise<void>;
  /**
   * To init: a name with SIG, 'halt' or 'reboot', which are what its settings and its init say. Answers which signal it was.
   * @throws BackendError 'not-running', also between two runs
   */
  signal(name: string, signal: string): Promise<string>;
  /** Every process of it, at once. */
  kill(name: string): Promise<void>;
  /** Resolves when the machine is down; false on time-out. One that is down already is. `again`: it rebooted meanwhile. */
  awaitEnd(name: string, timeoutMs: number, again?: () => Promise<unknown>): Promise<boolean>;
  /** The same, from when this resolves: for whoever makes it end. The caller closes it. */
  watchEnd(name: string): Promise<ManagedEndWatch>;
  /**
   * Waits until the machine has booted, or `timeoutMs` have passed. One whose manager is not told so is ready when it runs; 'ended': it runs
   * no more. A reboot is waited for.
   */
  awaitReady(name: string, timeoutMs: number): Promise<'ready' | 'ended' | 'timeout'>;
  /** Resolves when the kernel confirms; on time-out undoes and throws. */
  freeze(name: string, timeoutMs: number): Promise<void>;
  unfreeze(name: string, timeoutMs: number): Promise<void>;
  /** Whether it is started with the host. */
  isEnabled(name: string): Promise<boolean>;
  setEnabled(name: string, enabled: boolean): Promise<void>;
}

export interface ManagedEndWatch {
  /** True when the machine is down, which it may be already; false on time-out. A reboot is no end: `again` is called when the next run begins. */
  ended(timeoutMs: number, again?: () => Promise<unknown>): Promise<boolean>;
  close(): void;
}
