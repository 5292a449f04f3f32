/** What of its files is not as in its image, or as in one of its snapshots. */
import type { FileChange } from '../../backends/storage.ts';
import type { Machines } from '../../machines/machines.ts';
import { changeLine } from '../../presentation/lines/change-text.ts';
import { visible } from '../../presentation/plain-text.ts';
import { comparedWith, type DashboardState } from '../state/dashboard-state.ts';
import { definePane } from './pane.ts';
import { themePaint } from './theme-paint.ts';

interface Changes {
  readonly changes: readonly FileChange[];
  readonly more: boolean;
  /** The snapshot it is compared with; undefined: its image. */
  readonly snapshot: string | undefined;
}

/** More than anybody reads; `tsmachine diff` has them all. */
const MOST = 5000;

export const changes = definePane<Changes>({
  tab: 'changes',
  title: 'Changes',
  place: 'changes',
  choosable: true,
  load: sinceThen,
  lines: ({ value: { changes: found, more, snapshot }, machine, theme }) => {
    const source = snapshot === undefined ? 'its image' : `snapshot ${visible(snapshot)}`;
    if (found.length === 0) return [{ text: theme.paint('dim', `nothing has changed since ${source}`) }];
    const paint = themePaint(theme);
    const lines = found.map((change) => ({ id: change.path, text: changeLine(change, paint) }));
    const sources =
      snapshot === undefined ? machine.name : `${machine.name}@${visible(snapshot)} ${machine.name}`;
    const rest = theme.paint('dim', `and more: tsmachine diff ${sources}`);
    return more ? [...lines, { text: rest }] : lines;
  },
  about: ({ snapshot }, { name }) =>
    snapshot === undefined
      ? 'since its image'
      : `from ${name}@${visible(snapshot)} to ${name}; Esc: since its image`,
});

async function sinceThen(machines: Machines, name: string, state: DashboardState): Promise<Changes> {
  const snapshot = comparedWith({ ...state, selected: name });
  const differences =
    snapshot === undefined
      ? machines.diff(name, undefined, undefined)
      : machines.diff(`${name}@${snapshot}`, name, undefined);
  const changes: FileChange[] = [];
  for await (const change of differences) {
    if (changes.length === MOST) return { changes, more: true, snapshot };
    changes.push(change);
  }
  return { changes, more: false, snapshot };
}
