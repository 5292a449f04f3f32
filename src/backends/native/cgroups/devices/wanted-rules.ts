/** Which devices a machine may use: what all may, what is bound into it, and what its own setting names. */
import { BackendError, type BindMount } from '../../../backend.ts';
import { DEFAULT_RULES } from './default-rules.ts';
import { type DeviceRule, type DeviceRules, mergeRules, parseNumber } from './device-rule.ts';
import type { HostDevices } from './host-devices.ts';

/** The setting devices.allow: r, w and m by the name of a device. */
export type AllowedDevices = Readonly<Record<string, string>>;

/** The name of all devices. */
export const ALL_DEVICES = 'a';

/**
 * @throws BackendError 'unsupported' for a device that this host does not have, or a bound directory that nobody can look through
 */
export function wantedRules(
  allowed: AllowedDevices,
  binds: readonly BindMount[],
  host: HostDevices,
): DeviceRules {
  if (allowed[ALL_DEVICES] !== undefined) return 'all';
  return mergeRules([
    ...grantedRules(binds, host),
    ...Object.entries(allowed).flatMap(([name, access]) => namedRules(name, access, host)),
  ]);
}

/** Without its own setting. */
export function grantedRules(binds: readonly BindMount[], host: HostDevices): readonly DeviceRule[] {
  return mergeRules([
    ...DEFAULT_RULES.map(({ name: _, ...rule }) => rule),
    ...binds.flatMap((bind) => boundRules(bind, host)),
  ]);
}

/** A node that is shown to the machine is one that it may use. */
function boundRules(
  { source, readOnly, devices = false }: BindMount,
  host: HostDevices,
): readonly DeviceRule[] {
  const access = readOnly ? 'r' : 'rw';
  const node = host.node(source);
  if (node !== undefined) return [{ ...node, access }];
  if (!devices) return [];
  const nodes = host.nodesBelow(source);
  if (nodes !== undefined) return nodes.map((one) => ({ ...one, access }));
  throw new BackendError('unsupported', `${source} has too many files to look for device nodes`, {
    path: source,
    hint: 'Bind the directory that has the nodes, or the nodes themselves.',
  });
}

/**
 * The devices that a name of the setting means.
 * @throws BackendError 'unsupported' if there is none
 */
export function namedRules(name: string, access: string, host: HostDevices): readonly DeviceRule[] {
  const found = numbersOf(name, host);
  if (found.length > 0) return found.map((number) => ({ ...number, access }));
  throw new BackendError('unsupported', `devices.allow: this host has no device ${name}`, {
    path: name,
    hint: `Load its driver, name it as ls -l /dev or /proc/devices has it, or take it away: "devices.allow.${name}=".`,
  });
}

function numbersOf(name: string, host: HostDevices) {
  const number = parseNumber(name);
  if (number !== undefined) return [number];
  const [, kind, pattern = ''] = /^(char|block)-(.+)$/.exec(name) ?? [];
  if (kind === undefined) {
    const node = host.node(name);
    return node === undefined ? [] : [node];
  }
  const type = kind === 'char' ? 'c' : 'b';
  if (pattern === '*') return [{ type, major: '*', minor: '*' } as const];
  return host.majors(type, pattern).map((major) => ({ type, major, minor: '*' }) as const);
}
