/** What every backend throws: a part of the seam. */

export type BackendErrorCode =
  | 'unsupported'
  | 'busy'
  | 'already-running'
  | 'not-running'
  | 'no-such-machine'
  | 'frozen'
  | 'launch-failed'
  | 'timeout'
  | 'helper-missing'
  | 'permission'
  | 'failed';

/** A backend may be a bundle of its own and then has this class for itself: its errors are told by a mark that all have. */
const mark = Symbol.for('tsmachine.BackendError');

/** What a backend throws: what failed on what, the kernel's word, and what a person can do. */
export class BackendError extends Error {
  static override [Symbol.hasInstance](value: unknown): value is BackendError {
    return typeof value === 'object' && value !== null && mark in value;
  }

  override readonly name = 'BackendError';
  readonly [mark] = true;
  readonly code: BackendErrorCode;
  readonly step: { readonly section: string; readonly index: number; readonly operation: string } | undefined;
  readonly syscall: string | undefined;
  readonly errno: string | undefined;
  readonly path: string | undefined;
  readonly hint: string | undefined;

  constructor(
    code: BackendErrorCode,
    message: string,
    details: {
      readonly step?: { readonly section: string; readonly index: number; readonly operation: string };
      readonly syscall?: string;
      readonly errno?: string;
      readonly path?: string;
      readonly hint?: string;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.step = details.step;
    this.syscall = details.syscall;
    this.errno = details.errno;
    this.path = details.path;
    this.hint = details.hint;
  }
}
