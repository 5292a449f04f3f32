/** Whatever is thrown below becomes a MachineError: nothing else leaves the domain. */
import { BackendError, type BackendErrorCode } from '../backends/backend.ts';
import { TemplateError } from '../templates/template-error.ts';
import { MachineError, type MachineErrorCode } from './errors.ts';

const codeOf: Record<BackendErrorCode, MachineErrorCode> = {
  unsupported: 'unsupported',
  busy: 'busy',
  'already-running': 'wrong-state',
  'not-running': 'wrong-state',
  'no-such-machine': 'no-such-machine',
  frozen: 'wrong-state',
  timeout: 'timeout',
  'launch-failed': 'failed',
  'helper-missing': 'failed',
  permission: 'failed',
  failed: 'failed',
};

const hintOf: Readonly<Record<string, string>> = {
  ENOSPC:
    'the disk is full: free some space there, for example with `tsmachine destroy --now`, and try again',
  EDQUOT: 'the disk quota is used up: free some space there and try again',
  EACCES: 'run it as root, or choose a folder of your own with --root',
  EPERM:
    process.getuid?.() === 0
      ? 'even root may not: it may be immutable (`lsattr`), which `chattr -i` takes away'
      : 'run it as root, or choose a folder of your own with --root',
  EROFS:
    'the file system is read-only: make it writable (mount -o remount,rw), or choose another folder with --root; what runs can be stopped',
  ENOTDIR: 'a file stands where a folder must be: move it away, or choose another folder with --root',
  EMFILE: 'too many open files: raise the limit with `ulimit -n`',
  ENFILE: 'the host has no more open files to give: see fs.file-max',
};

/** `subject` is what the caller was working on, usually a machine's name. */
export function toMachineError(error: unknown, subject?: string): MachineError {
  if (error instanceof MachineError) {
    return error;
  }
  if (error instanceof BackendError) {
    return fromBackend(error, subject);
  }
  if (error instanceof TemplateError) {
    const code = error.usage ? 'usage' : 'failed';
    return new MachineError(code, error.message, { subject, hint: error.hint, cause: error });
  }
  if (isSystemError(error)) {
    return fromSystem(error, subject);
  }
  if (error instanceof Error && error.name === 'AbortError') {
    return new MachineError('failed', 'interrupted; what was half done is undone', { subject, cause: error });
  }
  const message = error instanceof Error ? error.message : String(error);
  return new MachineError('failed', message, { subject, cause: error });
}

function fromBackend(error: BackendError, subject: string | undefined): MachineError {
  return new MachineError(codeOf[error.code], error.message, {
    subject,
    syscall: error.syscall,
    errno: error.errno,
    path: error.path,
    step: error.step,
    hint: keyHint(error) ?? error.hint ?? (error.errno === undefined ? undefined : hintOf[error.errno]),
    cause: error,
  });
}

/** A backend knows steps and no keys: what was set, and can be set otherwise, is named here. */
function keyHint({ step, errno, path }: BackendError): string | undefined {
  if (step?.operation !== 'rlimit' || errno !== 'EPERM' || path === undefined) {
    return undefined;
  }
  const bound = path === 'nofile' ? ' and fs.nr_open' : '';
  return (
    `a machine cannot have a hard limit above that of the shell that starts it${bound}: lower the second number ` +
    `of rlimit.${path} with \`tsmachine set\`, or raise the shell's with prlimit (see \`prlimit --${path}\`)`
  );
}

function fromSystem(error: NodeJS.ErrnoException, subject: string | undefined): MachineError {
  const on = error.path === undefined ? '' : ` ${error.path}`;
  return new MachineError('failed', `${error.syscall}${on}: ${error.code}`, {
    subject,
    syscall: error.syscall,
    errno: error.code,
    path: error.path,
    hint: error.code === undefined ? undefined : hintOf[error.code],
    cause: error,
  });
}

export function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'code' in error && 'syscall' in error && typeof error.syscall === 'string';
}
