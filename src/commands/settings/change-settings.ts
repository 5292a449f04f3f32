/** What `config NAME KEY=VALUE` and `set` share. */
import { collectSettings } from '../../machines/config-keys.ts';
import type { Machines } from '../../machines/machines.ts';
import type { CommandContext } from '../program/command-definition.ts';

export async function changeSettings(
  { output }: CommandContext,
  machines: Machines,
  name: string,
  words: readonly string[],
): Promise<number> {
  await machines.changeSettings(name, collectSettings(words));
  if (output.json) output.document({ name, settings: machines.settings(name) });
  const { state } = machines.info(name);
  if (state !== 'stopped') output.report(`${name}: changed; takes effect at the next start`);
  else output.report(`${name}: changed`);
  return 0;
}
