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
  const changes = collectSettings(words);
  await machines.changeSettings(name, changes);
  if (output.json) output.document({ name, settings: machines.settings(name) });
  const { state } = machines.info(name);
  // Rules for snapshots are of no concern to a machine that runs.
  const isRule = Object.keys(changes).every((key) => key.startsWith('snapshots.'));
  if (state !== 'stopped' && !isRule) output.report(`${name}: changed; takes effect at the next start`);
  else output.report(`${name}: changed`);
  return 0;
}
