/** The program that guards the devices of a v2 group in use. The kernel shows it as it was loaded. */
import { listPrograms, type ProgramKind, putProgram } from '../programs/group-program.ts';
import { deviceProgram, rulesOfProgram } from './device-program.ts';
import type { DeviceRules } from './device-rule.ts';
import { guardRefused } from './guard-refused.ts';

const DEVICES: ProgramKind = { mode: 'devices', refused: guardRefused };

export function readProgram(group: string, helperPath: string): DeviceRules | undefined {
  const [program, second] = listPrograms(DEVICES, group, helperPath);
  if (program === undefined) return 'all';
  // Nobody but somebody else attaches a second one of ours.
  return second === undefined ? rulesOfProgram(program) : undefined;
}

/** Returns what takes it back. */
export function changeProgram(group: string, rules: DeviceRules, helperPath: string): () => void {
  const put = (program: string | undefined) => putProgram(DEVICES, group, program, helperPath);
  const [before] = put(rules === 'all' ? undefined : deviceProgram(rules));
  return () => {
    try {
      put(before);
    } catch {
      // What was there a moment ago: the error that led here says what matters.
    }
  };
}
