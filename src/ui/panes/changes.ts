/** What of its files is not as in its image. */
import type { FileChange } from '../../backends/storage.ts';
import type { Machines } from '../../machines/machines.ts';
import { changeLine } from '../../presentation/change-text.ts';
import { definePane } from './pane.ts';
import { themePaint } from './theme-paint.ts';

interface Changes {
  readonly changes: readonly FileChange[];
  readonly more: boolean;
}

/** More than anybody reads; `tsmachine diff` has them all. */
const MOST = 5000;

export const changes = definePane<Changes>({
  tab: 'changes',
  title: 'Changes',
  place: 'changes',
  choosable: true,
  load: sinceImage,
  lines: ({ value: { changes: found, more }, machine, theme }) => {
    if (found.length === 0) return [{ text: theme.paint('dim', 'nothing has changed since its image') }];
    const paint = themePaint(theme);
    const lines = found.map((change) => ({ id: change.path, text: changeLine(change, paint) }));
    const rest = theme.paint('dim', `and more: tsmachine diff ${machine.name}`);
    return more ? [...lines, { text: rest }] : lines;
  },
});

async function sinceImage(machines: Machines, name: string): Promise<Changes> {
  const found: FileChange[] = [];
  for await (const change of machines.diff(name, undefined, undefined)) {
    if (found.length === MOST) return { changes: found, more: true };
    found.push(change);
  }
  return { changes: found, more: false };
}
