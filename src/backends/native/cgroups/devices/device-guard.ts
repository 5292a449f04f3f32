/** The guard of a machine's devices, where it stands: v1's lists, or a program of the machine's v2 group. */
import type { HostFacts } from '../../host-facts.ts';
import { type Operation, operation } from '../../operations.ts';
import { legacyGroup, unifiedGroup } from '../groups.ts';
import { listWrites } from './device-list.ts';
import { deviceProgram } from './device-program.ts';
import type { DeviceRules } from './device-rule.ts';
import { changeLists, readLists } from './legacy-guard.ts';
import { changeProgram, readProgram } from './unified-guard.ts';

/** A group whose devices can be guarded, and how. */
export interface GuardedGroup {
  readonly group: string;
  readonly version: 'legacy' | 'unified';
}

/**
 * Undefined without the controller of v1 and without a v2 tree, and in a user namespace: there the kernel takes neither lists nor
 * programs, and who is in it makes no nodes.
 */
export function guardedGroup(
  { layout, cgroupParent, inUserNamespace }: HostFacts,
  name: string,
): GuardedGroup | undefined {
  if (inUserNamespace) return undefined;
  const legacy = legacyGroup(layout, 'devices', cgroupParent, name);
  if (legacy !== undefined) return { group: legacy, version: 'legacy' };
  const unified = unifiedGroup(layout, cgroupParent, name);
  return unified === undefined ? undefined : { group: unified, version: 'unified' };
}

/** What guards a group that has just been made. */
export function guardOperations({ group, version }: GuardedGroup, rules: DeviceRules): readonly Operation[] {
  if (version === 'legacy') {
    return listWrites('all', rules).map(({ file, value }) =>
      operation('cgroup-write', `${group}/${file}`, value),
    );
  }
  return rules === 'all' ? [] : [operation('cgroup-devices', group, deviceProgram(rules))];
}

/**
 * What the kernel goes by in a group that is there.
 * @returns undefined if it does not say so in a way that can be read
 */
export function readGuard({ group, version }: GuardedGroup, helperPath: string): DeviceRules | undefined {
  return version === 'legacy' ? readLists(group) : readProgram(group, helperPath);
}

/**
 * Changes what a group that is in use may use.
 * @returns what takes it back
 * @throws BackendError 'failed'; then nothing is changed
 */
export function changeGuard(
  { group, version }: GuardedGroup,
  rules: DeviceRules,
  helperPath: string,
): () => void {
  return version === 'legacy' ? changeLists(group, rules) : changeProgram(group, rules, helperPath);
}
