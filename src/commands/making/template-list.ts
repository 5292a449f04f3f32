import { formatTable } from '../../presentation/table.ts';
import { defineCommand } from '../program/command-definition.ts';

export const command = defineCommand<object>({
  attempt: 'list templates',
  completeArguments: [],
  declare: () => undefined,
  run: async ({ output, machines }) => {
    const templates = (await machines()).templates();
    if (output.json) {
      output.document({ templates: templates.map(({ name, summary }) => ({ name, summary })) });
    } else {
      const rows = templates.map(({ name, summary }) => [{ text: name }, { text: summary }]);
      output.print(formatTable([{ text: 'NAME' }, { text: 'SUMMARY' }], rows, output.paint));
    }
    return 0;
  },
});
