import type { PrunedImages } from '../../machines/machines.ts';
import { formatBytes } from '../../presentation/units.ts';
import { defineCommand } from '../program/command-definition.ts';
import { interruptibleStorageWork } from '../program/interruptible.ts';

export const command = defineCommand<{ readonly dryRun?: true }>({
  attempt: 'prune images',
  completeArguments: [],
  declare: (command) => {
    command.option('--dry-run', 'only tell what would go');
  },
  run: async ({ output, machines }, _, { dryRun = false }) => {
    const opened = await machines();
    return interruptibleStorageWork(
      output,
      'prune images',
      (work) => opened.pruneImages({ dryRun }, work),
      (pruned) => {
        if (output.json) output.document({ dryRun, ...pruned });
        for (const line of prunedLines(pruned, dryRun)) output.report(line);
        return 0;
      },
    );
  },
});

function prunedLines({ images, layers, freedBytes }: PrunedImages, dryRun: boolean): readonly string[] {
  const would = dryRun ? 'would be ' : '';
  const lines = images.map(({ key, bytes }) => `${key}: ${would}removed, ${formatBytes(bytes)}`);
  if (layers > 0) {
    lines.push(`${layers} ${layers === 1 ? 'layer' : 'layers'} that nothing names: ${would}removed`);
  }
  const isNothing = images.length + layers === 0;
  return [...lines, isNothing ? 'everything is in use' : `${formatBytes(freedBytes)} ${would}freed`];
}
