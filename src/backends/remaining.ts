/** Who is still there of a machine that shall go down: a part of the seam. */

export type ProcessState =
  | 'running'
  | 'sleeping'
  /** It waits in the kernel and hears no signal, SIGKILL neither: for a disk or a network file system, most often. */
  | 'uninterruptible'
  | 'stopped'
  | 'traced'
  | 'idle'
  | 'zombie'
  | 'unknown';

export interface RemainingProcess {
  /** On the host. */
  readonly pid: number;
  /** In the machine; null if it has none of its own there. */
  readonly insidePid: number | null;
  /** What it calls itself, up to 15 bytes of anything: proc_pid_comm(5). */
  readonly name: string;
  readonly state: ProcessState;
  /** The kernel's function that it waits in; null if it does not wait, or the kernel does not tell. */
  readonly waitChannel: string | null;
}

export interface Remaining {
  readonly total: number;
  /** The worst first, init before others; not more than can be read. */
  readonly processes: readonly RemainingProcess[];
}
