/** v1's devices.list, devices.allow and devices.deny: cgroup-v1/devices.rst. The kernel takes one rule a write. */
import {
  type DeviceRule,
  type DeviceRules,
  formatRule,
  mergeRules,
  parseRule,
  withoutRules,
} from './device-rule.ts';

/** Undefined for a text that no kernel writes. */
export function parseList(text: string): DeviceRules | undefined {
  const lines = text.split('\n').filter((line) => line !== '');
  if (lines.includes('a *:* rwm')) return 'all';
  const rules = lines.map(parseRule);
  return rules.every((rule) => rule !== undefined) ? mergeRules(rules) : undefined;
}

export interface ListWrite {
  readonly file: 'devices.allow' | 'devices.deny';
  readonly value: string;
}

/**
 * What makes a list into another one. What is in both is allowed all the time; only a group that had no guard is for a moment
 * without all devices.
 */
export function listWrites(before: DeviceRules, after: DeviceRules): readonly ListWrite[] {
  if (before === 'all')
    return after === 'all' ? [] : [{ file: 'devices.deny', value: 'a' }, ...allowed(after)];
  if (after === 'all') return [{ file: 'devices.allow', value: 'a' }];
  return [
    ...allowed(withoutRules(after, before)),
    ...withoutRules(before, after).map((rule) => ({
      file: 'devices.deny' as const,
      value: formatRule(rule),
    })),
  ];
}

function allowed(rules: readonly DeviceRule[]): readonly ListWrite[] {
  return rules.map((rule) => ({ file: 'devices.allow', value: formatRule(rule) }));
}
