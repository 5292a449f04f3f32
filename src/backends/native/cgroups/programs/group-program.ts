/** Programs of a v2 group that is in use: the helper puts them there, since Node has no bpf(2). */
import type { BackendError } from '../../../backend.ts';
import { runHelperAtOnce } from '../../helper-client.ts';
import { decodeRecords } from '../../records.ts';

/** Who a program is for: the mode of the helper, and the words for what the kernel refuses. */
export interface ProgramKind {
  readonly mode: 'devices' | 'marks';
  readonly refused: (syscall: string, errno: string, path: string) => BackendError;
}

/** Ours, as hexadecimal; the empty word is one that the kernel does not show. */
export function listPrograms(kind: ProgramKind, group: string, helperPath: string): readonly string[] {
  return run(kind, helperPath, 'list', group);
}

/**
 * In one step in place of an earlier one of ours.
 * @param program none if undefined
 * @returns the earlier ones, as the kernel shows them
 */
export function putProgram(
  kind: ProgramKind,
  group: string,
  program: string | undefined,
  helperPath: string,
): readonly string[] {
  return program === undefined
    ? run(kind, helperPath, 'remove', group)
    : run(kind, helperPath, 'put', group, program);
}

function run(
  { mode, refused }: ProgramKind,
  helperPath: string,
  verb: 'list' | 'put' | 'remove',
  group: string,
  ...program: readonly string[]
): readonly string[] {
  const { code, output, complaint } = runHelperAtOnce(helperPath, [mode, verb, group, ...program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (code === 0) return output.toString('latin1').split('\n').slice(0, -1);
  const [syscall = 'bpf', errno = 'EIO', path = group] = complaintOf(complaint);
  throw refused(syscall, errno, path);
}

export function complaintOf(said: Buffer): readonly string[] {
  try {
    return decodeRecords(said)[0]?.arguments ?? [];
  } catch {
    return [];
  }
}
