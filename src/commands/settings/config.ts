import { MachineError } from '../../machines/errors.ts';
import { settingOf } from '../../machines/keys/config-keys.ts';
import type { Machines } from '../../machines/machines.ts';
import { visible } from '../../presentation/plain-text.ts';
import { type CommandContext, defineCommand } from '../program/command-definition.ts';
import { changeSettings } from './change-settings.ts';
import { editConfig } from './edit-config.ts';

export const command = defineCommand<{ readonly edit?: true }>({
  attempt: 'configure',
  completeArguments: ['machine', 'setting'],
  declare: (command) => {
    command
      .argument('<name>', 'the machine')
      .argument('[settings...]', 'KEY reads, KEY=VALUE changes; nothing: all')
      .option('--edit', 'change the whole configuration in EDITOR');
  },
  run: async (context, [name = '', ...words], { edit }) => {
    const machines = await context.machines();
    if (edit === true) {
      if (words.length > 0) throw new MachineError('usage', 'either settings or --edit, not both');
      return editConfig(context, machines, name);
    }
    if (words.some((word) => word.includes('='))) return changeSettings(context, machines, name, words);
    return show(context, machines, name, words);
  },
});

async function show(
  { output }: CommandContext,
  machines: Machines,
  name: string,
  keys: readonly string[],
): Promise<number> {
  const [all, differing] = await Promise.all([machines.settings(name), machines.differingSettings(name)]);
  const chosen = keys.length === 0 ? all : Object.fromEntries(keys.map((key) => [key, settingOf(all, key)]));
  const entries = Object.entries(chosen);
  if (output.json) output.document({ name, settings: chosen, inForce: differing });
  // One key alone: its value, to be used in a script.
  else if (keys.length === 1) output.print(entries.map(([, value]) => visible(value)));
  else output.print(entries.map(([key, value]) => `${visible(key)}=${visible(value)}`));
  for (const [key, value] of Object.entries(differing)) {
    const words = `in force is ${visible(key)}=${visible(value)}, which is not what is set`;
    output.note(`${name}: ${words}; tsmachine set ${name} ${visible(key)}=... writes it anew`);
  }
  return 0;
}
