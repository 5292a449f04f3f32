/** What the kernel goes by in the group of a unit, beside what systemd was told. */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { LimitsInForce } from '../../limits.ts';
import { readLayout } from '../../native/cgroups/layout.ts';
import { readLimits } from '../../native/cgroups/live-limits.ts';
import { text } from '../bus/values.ts';
import { limitsOf } from './unit-limits.ts';
import type { UnitProperties } from './unit-properties.ts';

/**
 * Undefined while the unit has no group. The guard of devices is what the unit says: on v2 it is a program of the kernel's that only systemd can
 * read, and that it changes with the unit.
 */
export function limitsInForce(properties: UnitProperties): LimitsInForce | undefined {
  const group = text(properties['ControlGroup'] ?? '');
  if (group === '' || group === '/') return undefined;
  const layout = readLayout(readFileSync('/proc/self/mountinfo', 'utf8'));
  const kept = limitsOf(properties);
  const { limits, different } = readLimits(layout, dirname(group).slice(1), basename(group), kept);
  const { 'devices.allow': devices } = kept;
  return { limits: devices === undefined ? limits : { ...limits, 'devices.allow': devices }, different };
}
