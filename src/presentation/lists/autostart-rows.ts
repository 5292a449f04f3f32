/** The cells of `autostart --list`. Pure. */

import type { AutostartMachine } from '../../machines/machines.ts';
import { formatSpan } from '../../machines/values/durations.ts';
import type { Cell } from '../table.ts';

const heads: readonly Cell[] = [
  { text: 'NAME' },
  { text: 'STATE' },
  { text: 'AUTOSTART' },
  { text: 'PRIORITY', right: true },
  { text: 'DELAY', right: true },
  { text: 'GROUPS' },
];

export function autostartRows(machines: readonly AutostartMachine[]): {
  readonly heads: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
} {
  const rows = machines.map(({ name, state, enabled, priority, delayMs, groups }): readonly Cell[] => [
    { text: name },
    { text: state },
    { text: enabled ? 'yes' : 'no' },
    { text: String(priority), right: true },
    { text: formatSpan(delayMs), right: true },
    { text: groups.join(',') || '-' },
  ]);
  return { heads, rows };
}
