import { MachineError } from '../../machines/errors.ts';
import type { LayerSize, MachineDetails, Machines } from '../../machines/machines.ts';
import { exitFields } from '../../presentation/exit-words.ts';
import { infoLines, type ShownMachine } from '../../presentation/info/info-lines.ts';
import { limitUses } from '../../presentation/info/limit-uses.ts';
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
    const machine = await lookAt(opened, name);
    if (output.json) {
      const lastExit = exitFields(machine.lastExit);
      const limits = limitUses(machine, machine.inspection);
      output.document({ machine: { ...machine, lastExit, limits } });
    } else {
      output.print(infoLines(machine, opened.settings(name), Date.now(), output.paint));
    }
    return 0;
  },
});

async function lookAt(machines: Machines, name: string): Promise<ShownMachine> {
  const details = machines.info(name);
  const [inspection, disk, layers] = await Promise.all([
    machines.inspect(name),
    diskUsageOf(machines, name),
    layersOf(machines, details),
  ]);
  return { ...details, inspection, disk, layers, currentSnapshot: findCurrent(machines, details) };
}

/** As of the disk: what cannot be measured is no reason to show nothing else. */
async function layersOf(machines: Machines, { name, config }: MachineDetails): Promise<readonly LayerSize[]> {
  try {
    return await machines.layerSizes(name);
  } catch (error) {
    if (!(error instanceof MachineError)) throw error;
    return config.storage.layers.map((id) => ({ id, bytes: null }));
  }
}

function findCurrent(machines: Machines, { name, snapshots }: MachineDetails): string | null {
  if (snapshots === 0) return null;
  return machines.snapshots(name).find(({ current }) => current)?.name ?? null;
}
