/** What the kernel lets a machine use, in the words of the setting. */
import type { BindMount } from '../../../backend.ts';
import { type DeviceRule, type DeviceRules, formatNumber, withoutRules } from './device-rule.ts';
import type { HostDevices } from './host-devices.ts';
import { ALL_DEVICES, type AllowedDevices, grantedRules, namedRules } from './wanted-rules.ts';

export interface AllowedInForce {
  /** As the setting names it, where the two agree; by number else, with what is missing as the empty word. */
  readonly now: AllowedDevices;
  readonly same: boolean;
}

export function allowedInForce(
  set: AllowedDevices,
  binds: readonly BindMount[],
  rules: DeviceRules,
  host: HostDevices,
): AllowedInForce {
  if (rules === 'all') return { now: { [ALL_DEVICES]: 'rwm' }, same: set[ALL_DEVICES] !== undefined };
  const granted = grantedRules(binds, host);
  const named = Object.entries(set).map(([name, access]) => {
    const meant = rulesOf(name, access, host);
    return { name, access, meant, holds: meant !== undefined && withoutRules(meant, rules).length === 0 };
  });
  const held = named.filter(({ holds }) => holds);
  const foreign = withoutRules(
    withoutRules(rules, granted),
    held.flatMap(({ meant }) => meant ?? []),
  );
  const missing = withoutRules(granted, rules);
  return {
    now: Object.fromEntries([
      ...named.map(({ name, access, holds }) => [name, holds ? access : '']),
      ...missing.map((rule) => [formatNumber(rule), '']),
      ...foreign.map((rule) => [formatNumber(rule), rule.access]),
    ]),
    same: held.length === named.length && foreign.length === 0 && missing.length === 0,
  };
}

/** A device that is gone, and the word for all, hold nothing up. */
function rulesOf(name: string, access: string, host: HostDevices): readonly DeviceRule[] | undefined {
  if (name === ALL_DEVICES) return undefined;
  try {
    return namedRules(name, access, host);
  } catch {
    return undefined;
  }
}
