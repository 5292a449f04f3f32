/** How a manager's machines are set. */

import { record } from '../../domain.ts';
import { guard } from '../../guards.ts';
import { printSettings } from '../../keys/config-keys.ts';
import { differencesInWords } from '../../limits/live-limits.ts';
import type { Part } from '../../verbs/part.ts';
import { isLacking } from '../config/lacking.ts';
import { managedConfig, readState } from '../config/managed-config.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';

type Settings =
  | 'readConfig'
  | 'configText'
  | 'settings'
  | 'differingSettings'
  | 'changeSettings'
  | 'replaceConfig';

/** Changes are a module of their own: whoever only looks does not load it. */
const changing = () => import('../making/changing-settings.ts');

export function managedSettingsVerbs(managed: ManagedDomain): Part<Settings> {
  return {
    readConfig: (name) => guard(name, () => managedConfig(managed, name)),
    configText: (name) =>
      guard(name, async () => {
        const { text } = await readState(await managed.manager(), name);
        return (await changing()).editableText(name, text);
      }),
    settings: (name) => guard(name, async () => wordsOf(printSettings(await managedConfig(managed, name)))),
    differingSettings: (name) =>
      guard(name, async () => {
        const { settings } = await managed.manager();
        const [config, found] = await Promise.all([
          managedConfig(managed, name),
          settings.limitsInForce(name),
        ]);
        return found === undefined ? {} : wordsOf(differencesInWords(config, found));
      }),
    changeSettings: (name, changes) =>
      guard(name, () =>
        withManaged(managed, [name], async (manager) => {
          await (await changing()).changeManagedSettings(manager, name, changes);
          record(managed.domain, name, 'config-changed', { keys: Object.keys(changes).join(' ') });
        }),
      ),
    replaceConfig: (name, text) =>
      guard(name, () =>
        withManaged(managed, [name], async (manager) => {
          await (await changing()).replaceManagedText(manager, name, text);
          record(managed.domain, name, 'config-changed');
        }),
      ),
  };
}

/** Without keys that say nothing of such a machine. */
function wordsOf(settings: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(settings).filter(([key]) => !isLacking(key)));
}
