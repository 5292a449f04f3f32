/** What init gave up or was denied: capabilities(7), seccomp(2), prctl(2), and the label of a security module. */
import type { CapabilitySets, Inspection, SecurityLabel } from '../../inspection.ts';
import { CAPABILITIES } from '../capabilities.ts';
import type { ProcessFiles } from './process-files.ts';

/** `Seccomp:` of proc_pid_status(5). */
const SECCOMP_MODES: Readonly<Record<string, string>> = { '0': 'off', '1': 'strict', '2': 'filter' };

type Confinement = Pick<Inspection, 'capabilities' | 'capabilitySets' | 'seccomp' | 'noNewPrivileges'>;

/** @param status the text of /proc/PID/status; empty if the process is gone */
export function parseConfinement(status: string): Confinement {
  const capabilitySets = parseCapabilitySets(status);
  const noNewPrivileges = field(status, 'NoNewPrivs');
  return {
    capabilities: capabilitySets?.bounding ?? [],
    capabilitySets,
    seccomp: seccompMode(field(status, 'Seccomp'), field(status, 'Seccomp_filters')),
    noNewPrivileges: noNewPrivileges === undefined ? null : noNewPrivileges === '1',
  };
}

function parseCapabilitySets(status: string): CapabilitySets | null {
  if (field(status, 'CapBnd') === undefined) return null;
  const named = (mask: string) => capabilityNames(field(status, mask) ?? '0');
  return {
    effective: named('CapEff'),
    permitted: named('CapPrm'),
    bounding: named('CapBnd'),
    inheritable: named('CapInh'),
    ambient: named('CapAmb'),
  };
}

/** Names of the bits of a mask in hexadecimal; a bit newer than our table keeps its number. */
export function capabilityNames(mask: string): readonly string[] {
  const bits = BigInt(`0x${mask}`);
  const names = new Map(CAPABILITIES.map(({ number, name }) => [number, name]));
  return Array.from({ length: 64 }, (_, number) => number)
    .filter((number) => (bits >> BigInt(number)) & 1n)
    .map((number) => names.get(number) ?? `capability-${number}`);
}

function seccompMode(mode: string | undefined, filters: string | undefined): string {
  if (mode === undefined) return 'unknown';
  const name = SECCOMP_MODES[mode] ?? mode;
  return name === 'filter' && filters !== undefined ? `filter (${filters} loaded)` : name;
}

function field(status: string, name: string): string | undefined {
  return new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1];
}

/**
 * AppArmor's own directory (Linux 5.8) first: in `current` of several modules one speaks for all. A read of it fails where no
 * module has a say.
 */
export function readSecurityLabel(init: ProcessFiles): SecurityLabel | null {
  const own = init.read('attr/apparmor/current').text;
  if (own !== '') return { module: 'apparmor', label: withoutEnd(own) };
  const label = withoutEnd(init.read('attr/current').text);
  return label === '' ? null : { module: moduleOf(label), label };
}

function withoutEnd(text: string): string {
  return text.replace(/[\n\0]+$/, '');
}

/** `profile (mode)` or `unconfined`; `user:role:type:level`. */
function moduleOf(label: string): SecurityLabel['module'] {
  if (label === 'unconfined' || / \((enforce|complain|kill|unconfined|mixed)\)$/.test(label))
    return 'apparmor';
  return label.split(':').length >= 3 ? 'selinux' : 'other';
}
