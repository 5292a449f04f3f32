import { snapshotRows } from '../../presentation/lists/snapshot-rows.ts';
import { formatTable } from '../../presentation/table.ts';
import { defineCommand } from '../program/command-definition.ts';

export const command = defineCommand<object>({
  attempt: 'list the snapshots of',
  completeArguments: ['machine', 'nothing'],
  declare: (command) => {
    command.argument('<name>', 'the machine');
  },
  run: async ({ output, machines }, [name = '']) => {
    const opened = await machines();
    const [snapshots, bytes] = await Promise.all([opened.snapshots(name), opened.snapshotBytes(name)]);
    if (output.json) {
      const sized = snapshots.map((snapshot) => ({ ...snapshot, bytes: bytes.get(snapshot.name) ?? null }));
      output.document({ name, snapshots: sized });
    } else if (snapshots.length > 0) {
      const { heads, rows } = snapshotRows(snapshots, bytes, output.boxes, Date.now());
      output.print(formatTable(heads, rows, output.paint));
    } else if (!output.quiet) {
      output.note('no snapshots');
    }
    return 0;
  },
});
