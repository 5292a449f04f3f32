/** Limits of cgroups, changed with the config that stores them: a live machine has both or neither. */
import { isDeepStrictEqual } from 'node:util';
import type { CgroupLimits, LimitName, LimitsInForce } from '../../backends/limits.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import type { StoredMachine } from '../config/spec.ts';
import type { Domain } from '../domain.ts';
import { passOver } from '../failures.ts';
import { printSettings } from '../keys/config-keys.ts';
import { settle } from '../recovery/settle.ts';

/**
 * @param named limits that a person named: they are written even if they are stored already, since somebody else may have written
 * another value meanwhile
 */
export async function saveWithLimits(
  domain: Domain,
  before: StoredMachine,
  next: StoredMachine,
  named: readonly LimitName[],
  save: () => Promise<void>,
): Promise<void> {
  const { limits } = next.config;
  const changed = isDeepStrictEqual(before.config.limits, limits)
    ? []
    : changedNames(before.config.limits, limits);
  const names = [...new Set([...changed, ...named])].sort();
  if (!isDeepStrictEqual(before.config.pressure, next.config.pressure)) await requireLimits(domain, next);
  if (names.length === 0) return await save();
  if (!(await isLive(domain, before))) {
    await requireLimits(domain, next);
    return await save();
  }
  domain.backend.changeLimits(before.handle, limits, names);
  try {
    await save();
  } catch (error) {
    takeBack(domain, next, before.config.limits, changed);
    throw error;
  }
}

/** What was in force a moment ago; if the kernel refuses it now, the error that led here says what matters. */
function takeBack(
  { backend }: Domain,
  { handle }: StoredMachine,
  limits: CgroupLimits,
  names: readonly LimitName[],
): void {
  try {
    backend.changeLimits(handle, limits, names);
  } catch (error) {
    passOver(error);
  }
}

/** Throws `unsupported` for a limit or threshold that this host cannot hold to: better now than at the next start. */
export async function requireLimits({ backend }: Domain, { config, handle }: StoredMachine): Promise<void> {
  if (Object.keys(config.limits).length > 0 || config.pressure !== undefined) await backend.plan(handle);
}

async function isLive(domain: Domain, machine: StoredMachine): Promise<boolean> {
  return 'pid' in (await settle(domain, machine)).status;
}

function changedNames(before: CgroupLimits, after: CgroupLimits): readonly LimitName[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)] as LimitName[]);
  return [...names].filter((name) => !isDeepStrictEqual(before[name], after[name]));
}

/** What the kernel goes by where it is not what is set, in the words of `settings`. */
export function differingSettings(
  { backend }: Domain,
  machine: StoredMachine,
): Readonly<Record<string, string>> {
  const found = backend.limitsInForce(machine.handle);
  return found === undefined ? {} : differencesInWords(machine.config, found);
}

/** The same of what was found already. */
export function differencesInWords(
  config: MachineConfig,
  found: LimitsInForce,
): Readonly<Record<string, string>> {
  if (found.different.length === 0) return {};
  const kept = Object.entries(config.limits).filter(([name]) => !found.different.includes(name as LimitName));
  const now = found.different.map((name) => [name, found.limits[name]] as const);
  const set = printSettings(config);
  const inForce = printSettings({ ...config, limits: Object.fromEntries([...kept, ...now]) });
  const keys = [...new Set([...Object.keys(set), ...Object.keys(inForce)])];
  return Object.fromEntries(
    keys.filter((key) => set[key] !== inForce[key]).map((key) => [key, inForce[key] ?? 'max']),
  );
}
