import { formatTable } from '../../presentation/table.ts';
import { formatDistance } from '../../presentation/units.ts';
import { defineCommand } from '../program/command-definition.ts';

const heads = ['ENTRY', 'KIND', 'REMOVED', 'GOES'].map((text) => ({ text }));

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
      const rows = trash.map(({ entry, kind, removedAt, keptUntil }) =>
        [entry, kind, formatDistance(removedAt, now), formatDistance(keptUntil, now)].map((text) => ({
          text,
        })),
      );
      output.print(formatTable(heads, rows, output.paint));
    } else if (!output.quiet) {
      output.note('the trash is empty');
    }
    return 0;
  },
});
