/** What every backend throws: a part of the seam. */

export type BackendErrorCode =
  | 'unsupported'
  | 'busy'
  | 'already-running'
  | 'not-running'
  | 'frozen'
  | 'launch-failed'
  | 'timeout'
  | 'helper-missing'
  | 'permission'
  | 'failed';

/** What a backend throws: what failed on what, the kernel's word, and what a person can do. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
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
