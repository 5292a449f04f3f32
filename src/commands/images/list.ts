import { imageRows } from '../../presentation/lists/image-rows.ts';
import { formatTable } from '../../presentation/table.ts';
import { defineCommand } from '../program/command-definition.ts';

export const command = defineCommand<object>({
  attempt: 'list images',
  completeArguments: [],
  declare: () => undefined,
  run: async ({ output, machines }) => {
    const images = await (await machines()).images();
    if (output.json) {
      output.document({ images });
    } else if (images.length > 0) {
      const { heads, rows } = imageRows(images, Date.now());
      output.print(formatTable(heads, rows, output.paint));
    } else if (!output.quiet) {
      output.note('no images');
    }
    return 0;
  },
});
