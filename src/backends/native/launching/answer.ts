/** The one status record of a launch (docs/launch-plan.md, "Status records"). */
import { BackendError } from '../../backend.ts';
import type { WireRecord } from '../records.ts';
import { hintFor } from './hints.ts';

export interface Launched {
  readonly pid: number;
  readonly monitorPid: number;
}

/**
 * @throws BackendError 'launch-failed' with the step, 'already-running' if a monitor holds the machine
 */
export function readLaunchAnswer(machineName: string, records: readonly WireRecord[]): Launched {
  const record = records[0];
  const args = record?.arguments ?? [];
  switch (record?.name) {
    case 'running':
      return { pid: Number(args[0]), monitorPid: Number(args[2]) };
    case 'failed':
      throw stepFailed(args);
    case 'refused':
      throw new BackendError('launch-failed', `the helper refused the plan: ${args[1]}`, {
        step: { section: 'plan', index: Number(args[0]), operation: 'decode' },
        hint: 'Helper and program may be of different versions: run `npm run build` or install again.',
      });
    case 'busy':
      throw new BackendError('already-running', `${machineName} is already running`, {
        ...(args[0] === undefined ? {} : { path: args[0] }),
      });
    default:
      throw new BackendError('launch-failed', `the helper died before it said how it went`, {
        hint: 'Was it killed, or the host out of memory? See dmesg; then start again.',
      });
  }
}

function stepFailed(args: readonly string[]): BackendError {
  const [section = '', index = '', operation = '', syscall = '', errno = '', path = ''] = args;
  const hint = hintFor(operation, errno, path);
  const what = [syscall, path].filter(Boolean).join(' ');
  return new BackendError('launch-failed', `${operation} failed: ${what}: ${errno}`, {
    step: { section, index: Number(index), operation },
    syscall,
    errno,
    path,
    ...(hint === undefined ? {} : { hint }),
  });
}
