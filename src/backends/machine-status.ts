/** A part of the seam: what a machine is at, and how it ended. */

/** Why the last run ended. */
export interface ExitRecord {
  readonly reason: 'exited' | 'signaled' | 'halt' | 'reboot' | 'monitor-lost';
  /** Exit code, if reason is 'exited'. */
  readonly code: number;
  /** Signal number, if reason is 'signaled'. */
  readonly signal: number;
  /** Milliseconds since the epoch. */
  readonly endedAt: number;
}

export type MachineStatus =
  | { readonly state: 'stopped'; readonly lastExit: ExitRecord | undefined }
  | { readonly state: 'starting'; readonly monitorPid: number }
  | {
      readonly state: 'running' | 'freezing' | 'frozen' | 'stopping';
      /** Host pid of the machine's init. */
      readonly pid: number;
      readonly monitorPid: number;
      /** Milliseconds since the epoch. */
      readonly startedAt: number;
      /** When init said that the machine has booted; undefined if it has not, or never does. Milliseconds since the epoch. */
      readonly readyAt?: number | undefined;
    }
  /** Init is gone, and the monitor takes down what is left. */
  | { readonly state: 'stopping'; readonly monitorPid: number; readonly startedAt: number }
  /** What is left of a machine whose supervisor died; `collect` cleans it up. */
  | { readonly state: 'error'; readonly reason: string };

export interface MachineUsage {
  readonly memoryBytes: number | undefined;
  readonly cpuUsec: number | undefined;
  readonly tasks: number | undefined;
}
