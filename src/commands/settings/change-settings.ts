/** What `config NAME KEY=VALUE` and `set` share. */
import { collectSettings, limitsAmong } from '../../machines/keys/config-keys.ts';
import type { MachineState, Machines } from '../../machines/machines.ts';
import type { CommandContext } from '../program/command-definition.ts';

/** Keys that hold for a running machine too, or do not concern it; limits of cgroups, and autostart, which is of the host's start, are others. */
const AT_ONCE: readonly string[] = ['on-oom', 'disk.max', 'snapshots.schedule', 'snapshots.expiry'];

export async function changeSettings(
  { output }: CommandContext,
  machines: Machines,
  name: string,
  words: readonly string[],
): Promise<number> {
  const changes = collectSettings(words);
  await machines.changeSettings(name, changes);
  if (output.json) output.document({ name, settings: await machines.settings(name) });
  const { state } = await machines.info(name);
  output.report(`${name}: ${outcomeWords(Object.keys(changes), state)}`);
  return 0;
}

function isAtOnce(key: string): boolean {
  return AT_ONCE.includes(key) || key.split('.')[0] === 'autostart';
}

function outcomeWords(keys: readonly string[], state: MachineState): string {
  const later = keys.filter((key) => !isAtOnce(key) && limitsAmong([key]).length === 0);
  if (state === 'stopped' || later.length === 0) return 'changed';
  const scope = later.length === keys.length ? '' : ` (${later.join(', ')})`;
  return `changed; takes effect at the next start${scope}`;
}
