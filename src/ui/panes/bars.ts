/** The line above all and the line below all. Pure. */
import { visible } from '../../presentation/plain-text.ts';
import { hostWords } from '../../presentation/usage/usage-table.ts';
import { fitLeft, widthOf } from '../row-text.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import type { Theme } from '../theme.ts';
import { hints } from './hints.ts';

/** Which host, how many machines, what it is busy with. */
export function titleRow(state: DashboardState, theme: Theme): string {
  const { machines, sample, hostName, readOnly, paused, size, filter, marks } = state;
  const running = machines.filter(({ state: of }) => of === 'running').length;
  const parts = [
    theme.paint('title', `${visible(hostName)}: tsmachine`),
    `${machines.length} ${machines.length === 1 ? 'machine' : 'machines'}, ${running} running`,
    ...(marks.size > 0 ? [theme.paint('marked', `${marks.size} marked`)] : []),
    ...(filter === '' ? [] : [theme.paint('key', `/${visible(filter)}`)]),
    ...(paused ? [theme.paint('warning', 'PAUSED')] : []),
    ...(readOnly ? [theme.paint('warning', 'READ-ONLY')] : []),
  ];
  const said = ` ${parts.join('  ')}`;
  const room = size.columns - widthOf(said) - 2;
  // The first to go where there is no room, and nothing that could be taken for another figure.
  const host = hostParts(sample).findLast((words) => words.length <= room);
  return fitLeft(host === undefined ? said : `${said}  ${host}`, size.columns, theme.glyphs.cut);
}

/** Of its words the first, the first two and so on. */
function hostParts(sample: DashboardState['sample']): readonly string[] {
  if (sample === undefined) return [];
  // How many machines there are has been said.
  const [, ...words] = hostWords({ ...sample, seconds: null }, 'machines').split(', ');
  return words.map((_, index) => words.slice(0, index + 1).join(', '));
}

/** What is being done, else what has been, else the keys of the place. */
export function bottomRow(state: DashboardState, theme: Theme): string {
  const { jobs, notice, size } = state;
  const job = jobs.at(-1);
  if (job !== undefined) {
    const more = jobs.length > 1 ? ` (and ${jobs.length - 1} more)` : '';
    const text = `${theme.paint('busy', visible(job.progress) + more)}  ${theme.paint('dim', 'Ctrl-C breaks it off')}`;
    return fitLeft(` ${text}`, size.columns, theme.glyphs.cut);
  }
  if (notice !== undefined) {
    const role = notice.kind === 'failed' ? 'danger' : notice.kind === 'done' ? 'good' : undefined;
    const command =
      notice.command === undefined ? '' : theme.paint('dim', `  ${visible(notice.command)}  (y copies)`);
    return fitLeft(` ${theme.paint(role, visible(notice.text))}${command}`, size.columns, theme.glyphs.cut);
  }
  return fitLeft(` ${hints(state, theme)}`, size.columns, theme.glyphs.cut);
}
