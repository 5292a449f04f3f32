/** The compiled filters: no libseccomp is needed to use them. */
import { BackendError } from '../../backend.ts';
import { FILTERS } from './filters.generated.ts';
import type { ProfileName } from './profile.ts';

/** sizeof(struct sock_filter). */
const INSTRUCTION_BYTES = 8;

/**
 * The BPF program of a profile, 8 bytes an instruction in the byte order of the processor (all of them little-endian).
 * @param arch Node's name of the processor
 * @throws BackendError 'unsupported' when there is none for this processor
 */
export function seccompFilter(profile: ProfileName, arch: string): Buffer {
  const filters = FILTERS[profile] ?? {};
  const filter = Object.hasOwn(filters, arch) ? filters[arch] : undefined;
  if (filter !== undefined) return Buffer.from(filter, 'base64');
  throw new BackendError('unsupported', `there is no seccomp filter for the processor '${arch}'`, {
    hint: "Set 'seccomp: off' in the machine's configuration to start it without one.",
  });
}

export interface FilterDescription {
  readonly name: string;
  readonly instructions: number;
}

/** Says which of our filters a program is, for people who should not have to read hexadecimal digits. */
export function describeFilter(hex: string): FilterDescription {
  const program = Buffer.from(hex, 'hex');
  return { name: nameOf(program.toString('base64')), instructions: program.length / INSTRUCTION_BYTES };
}

function nameOf(base64: string): string {
  for (const [profile, filters] of Object.entries(FILTERS)) {
    for (const [arch, filter] of Object.entries(filters)) {
      if (filter === base64) return `${profile} for ${arch}`;
    }
  }
  return 'a filter of its own';
}
