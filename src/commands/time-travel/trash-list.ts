import type { TrashSummary } from '../../machines/machines.ts';
import { formatTable } from '../../presentation/table.ts';
import { formatDistance } from '../../presentation/units.ts';
import { defineCommand } from '../program/command-definition.ts';

const heads = ['ENTRY', 'KIND', 'REMOVED', 'GOES'].map((text) => ({ text }));
const pathsHead = { text: 'PATHS' };

export const command = defineCommand<object>({
  attempt: 'list the trash',
  completeArguments: [],
  declare: () => undefined,
  run: async ({ output, machines }) => {
    const trash = await (await machines()).trash();
    const now = Date.now();
    if (output.json) {
      output.document({ trash });
    } else if (trash.length > 0) {
      // Most often there are none.
      const withPaths = trash.some(({ paths }) => paths !== null);
      const rows = trash.map((entry) => cellsOf(entry, now, withPaths));
      output.print(formatTable(withPaths ? [...heads, pathsHead] : heads, rows, output.paint));
    } else if (!output.quiet) {
      output.note('the trash is empty');
    }
    return 0;
  },
});

function cellsOf(
  { entry, kind, paths, removedAt, keptUntil }: TrashSummary,
  now: number,
  withPaths: boolean,
): readonly { readonly text: string }[] {
  const cells = [entry, kind, formatDistance(removedAt, now), formatDistance(keptUntil, now)];
  return [...cells, ...(withPaths ? [paths?.join(' ') ?? ''] : [])].map((text) => ({ text }));
}
