/** Its processes, as the host and as the machine number them. */
import type { ProcessUsage } from '../../backends/usage.ts';
import { visible } from '../../presentation/plain-text.ts';
import { formatShort } from '../../presentation/units.ts';
import { definePane, type PaneLine } from './pane.ts';

export const processes = definePane<readonly ProcessUsage[]>({
  tab: 'processes',
  title: 'Processes',
  place: 'detail',
  choosable: true,
  load: undefined,
  lines: ({ value = [], theme }) => [
    { text: theme.paint('dim', ' INSIDE     HOST S  CPU   MEM THR COMMAND'), head: true },
    ...value.map(row),
  ],
});

function row({ pid, insidePid, state, cores, residentBytes, threads, command }: ProcessUsage): PaneLine {
  const cells = [
    String(insidePid ?? '-').padStart(7),
    String(pid).padStart(8),
    state,
    (cores === null ? '-' : cores.toFixed(2)).padStart(4),
    formatShort(residentBytes, 1024).padStart(5),
    String(threads).padStart(3),
    visible(command.slice(0, 400)),
  ];
  return { id: String(pid), text: cells.join(' ') };
}
