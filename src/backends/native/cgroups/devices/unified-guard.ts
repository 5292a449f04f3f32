/** The program of a v2 group that is in use: the helper puts it there, since Node has no bpf(2). */
import { runHelperAtOnce } from '../../helper-client.ts';
import { decodeRecords } from '../../records.ts';
import { deviceProgram, rulesOfProgram } from './device-program.ts';
import type { DeviceRules } from './device-rule.ts';
import { guardRefused } from './guard-refused.ts';

export function readProgram(group: string, helperPath: string): DeviceRules | undefined {
  const [program, second] = devices(helperPath, 'list', group);
  if (program === undefined) return 'all';
  // Nobody but somebody else attaches a second one of ours.
  return second === undefined ? rulesOfProgram(program) : undefined;
}

/** Returns what takes it back. */
export function changeProgram(group: string, rules: DeviceRules, helperPath: string): () => void {
  const put = (program: string | undefined) =>
    program === undefined ? devices(helperPath, 'remove', group) : devices(helperPath, 'put', group, program);
  const [before] = put(rules === 'all' ? undefined : deviceProgram(rules));
  return () => {
    try {
      put(before);
    } catch {
      // What was there a moment ago: the error that led here says what matters.
    }
  };
}

/** Those of ours that there were before it was done. */
function devices(
  helperPath: string,
  verb: 'list' | 'put' | 'remove',
  group: string,
  ...program: readonly string[]
): readonly string[] {
  const { code, output, complaint } = runHelperAtOnce(helperPath, ['devices', verb, group, ...program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  if (code === 0) return output.toString('latin1').split('\n').filter(Boolean);
  const [syscall = 'bpf', errno = 'EIO', path = group] = complaintOf(complaint);
  throw guardRefused(syscall, errno, path);
}

function complaintOf(said: Buffer): readonly string[] {
  try {
    return decodeRecords(said)[0]?.arguments ?? [];
  } catch {
    return [];
  }
}
