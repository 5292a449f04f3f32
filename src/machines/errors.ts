/**
 * The one error class of the domain. Commands print it and map `code` to an exit code one to one; nothing is told
 * apart by message text.
 */

export type MachineErrorCode =
  /** A wrong argument: exit 2. */
  | 'usage'
  /** Exit 3. */
  | 'no-such-machine'
  /** The name is taken: exit 1. */
  | 'exists'
  /** Already running, not running, frozen: exit 4. */
  | 'wrong-state'
  /** Another command works on it: exit 4. */
  | 'busy'
  /** Exit 1, as all below. */
  | 'invalid-config'
  | 'timeout'
  | 'unsupported'
  | 'failed';

/** The step of a launch plan that failed. */
export interface FailedStep {
  readonly section: string;
  readonly index: number;
  readonly operation: string;
}

export interface MachineErrorDetails {
  /** What it failed on: a machine's name, a key, a file. */
  readonly subject?: string | undefined;
  /** What a person can do next. */
  readonly hint?: string | undefined;
  readonly syscall?: string | undefined;
  /** The name, for example ENOSPC. */
  readonly errno?: string | undefined;
  readonly path?: string | undefined;
  readonly step?: FailedStep | undefined;
  /** Of what a person broke off: it says itself what is not undone. */
  readonly tellsWhatIsLeft?: boolean;
  readonly cause?: unknown;
}

/** The dashboard is a bundle of its own and has this class twice: its errors are told by a mark that both have. */
const mark = Symbol.for('tsmachine.MachineError');

export class MachineError extends Error {
  static override [Symbol.hasInstance](value: unknown): value is MachineError {
    return typeof value === 'object' && value !== null && mark in value;
  }

  override readonly name = 'MachineError';
  readonly [mark] = true;
  readonly code: MachineErrorCode;
  readonly subject: string | undefined;
  readonly hint: string | undefined;
  readonly syscall: string | undefined;
  readonly errno: string | undefined;
  readonly path: string | undefined;
  readonly step: FailedStep | undefined;
  readonly tellsWhatIsLeft: boolean;

  constructor(code: MachineErrorCode, message: string, details: MachineErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.subject = details.subject;
    this.hint = details.hint;
    this.syscall = details.syscall;
    this.errno = details.errno;
    this.path = details.path;
    this.step = details.step;
    this.tellsWhatIsLeft = details.tellsWhatIsLeft ?? false;
  }
}
