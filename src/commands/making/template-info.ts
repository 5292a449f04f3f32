import { MachineError } from '../../machines/errors.ts';
import { templateHint } from '../../machines/images/template-choice.ts';
import { formatSection } from '../../presentation/table.ts';
import type { Template } from '../../templates/template.ts';
import { defineCommand } from '../program/command-definition.ts';

export const command = defineCommand<object>({
  attempt: 'show the template',
  completeArguments: ['template', 'nothing'],
  declare: (command) => {
    command.argument('<name>', 'the template');
  },
  run: async ({ output, machines }, [name]) => {
    const template = find((await machines()).templates(), name);
    const { summary, options, defaults } = template;
    if (output.json) {
      output.document({ template: { name: template.name, summary, options, defaults } });
      return 0;
    }
    const about: readonly (readonly [string, string])[] = [
      ['about', summary],
      ['init', defaults.init.argv.join(' ')],
      ['halt signal', defaults.signals.halt],
      ['reboot signal', defaults.signals.reboot],
    ];
    const settable = options.map(
      (option) => [option.name, `${option.description} (${option.default || 'none'})`] as const,
    );
    const sections = [
      formatSection(template.name, about, output.paint),
      formatSection('Options', settable, output.paint),
    ];
    output.print(sections.flat());
    return 0;
  },
});

function find(templates: readonly Template[], name: string | undefined): Template {
  const found = templates.find((template) => template.name === name);
  if (found !== undefined) return found;
  throw new MachineError('usage', 'there is no such template', {
    subject: name,
    hint: templateHint(name ?? '', templates),
  });
}
