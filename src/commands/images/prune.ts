import { formatBytes } from '../presentation/units.ts';
import { defineCommand } from '../program/command-definition.ts';

export const command = defineCommand<{ readonly dryRun?: true }>({
  attempt: 'prune images',
  completeArguments: [],
  declare: (command) => {
    command.option('--dry-run', 'only tell what would go');
  },
  run: async ({ output, machines }, _, { dryRun = false }) => {
    const pruned = await (await machines()).pruneImages({ dryRun });
    const { images, layers, freedBytes } = pruned;
    if (output.json) output.document({ dryRun, ...pruned });
    const would = dryRun ? 'would be ' : '';
    for (const { key, bytes } of images) output.report(`${key}: ${would}removed, ${formatBytes(bytes)}`);
    if (layers > 0)
      output.report(`${layers} ${layers === 1 ? 'layer' : 'layers'} that nothing names: ${would}removed`);
    output.report(
      images.length + layers === 0 ? 'everything is in use' : `${formatBytes(freedBytes)} ${would}freed`,
    );
    return 0;
  },
});
