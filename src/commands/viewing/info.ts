import type { MachineDetails, Machines } from '../../machines/machines.ts';
import { exitFields } from '../presentation/exit-words.ts';
import { infoLines } from '../presentation/machine-info.ts';
import { defineCommand } from '../program/command-definition.ts';
import { diskUsageOf } from './disk-usage.ts';

export const command = defineCommand<object>({
  attempt: 'show',
  completeArguments: ['machine', 'nothing'],
  declare: (command) => {
    command.argument('<name>', 'the machine');
  },
  run: async ({ output, machines }, [name = '']) => {
    const opened = await machines();
    const details = opened.info(name);
    const disk = await diskUsageOf(opened, name);
    const currentSnapshot = findCurrent(opened, details);
    if (output.json) {
      const lastExit = exitFields(details.lastExit);
      output.document({ machine: { ...details, lastExit, disk, currentSnapshot } });
    } else {
      const lines = infoLines(
        { ...details, disk, currentSnapshot },
        opened.settings(name),
        Date.now(),
        output.paint,
      );
      output.print(lines);
    }
    return 0;
  },
});

function findCurrent(machines: Machines, { name, snapshots }: MachineDetails): string | null {
  if (snapshots === 0) return null;
  return machines.snapshots(name).find(({ current }) => current)?.name ?? null;
}
