/** bind of a manager's machines: in the settings file, and if the machine runs at once. Both, or nothing. Loaded lazily. */
import type { BindMount } from '../../../backends/backend.ts';
import type { Manager } from '../../../backends/manager/machine-manager.ts';
import type { MachineConfig } from '../../config/config-schema.ts';
import { record } from '../../domain.ts';
import type { BindOutcome, UnbindRequest } from '../../file-access.ts';
import { findBind, requireFreePath, requireSource, requireUnused } from '../../files/bind-rules.ts';
import { configOf, requireManaged } from '../config/managed-config.ts';
import { settingsChanges } from '../config/translation.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { withManaged } from '../recovery/with-managed.ts';

/** Throws `usage` for a source that is not there, `exists` if something else is bound to the path. */
export async function bind(managed: ManagedDomain, name: string, wanted: BindMount): Promise<BindOutcome> {
  requireSource(wanted.source);
  return withManaged(managed, [name], async (manager) => {
    const { config, live, changed } = await readBinds(manager, name);
    requireFreePath(name, config, wanted);
    const text = changed([...config.binds, wanted]);
    if (live) await manager.access.bind(name, wanted);
    try {
      await manager.settings.write(name, text);
    } catch (error) {
      if (live) await manager.access.unbind(name, wanted.path);
      throw error;
    }
    record(managed.domain, name, 'config-changed', { keys: 'bind' });
    return { bind: wanted, live };
  });
}

/** Throws `usage` if there is no such bind, or more than one; `busy` if processes of the machine use it. */
export async function unbind(
  managed: ManagedDomain,
  name: string,
  request: UnbindRequest,
): Promise<BindOutcome> {
  return withManaged(managed, [name], async (manager) => {
    const { access, settings } = manager;
    const { text, config, live, changed } = await readBinds(manager, name);
    const found = findBind(name, config.binds, request);
    if (live && !request.force) requireUnused(name, found, await access.usersOf(name, found.path));
    const left = config.binds.filter((one) => one !== found);
    // First what lasts: one that is only gone from the machine would come again with its next start.
    await settings.write(name, changed(left));
    let gone = false;
    try {
      gone = live && (await access.unbind(name, found.path));
    } catch (error) {
      await settings.write(name, text);
      throw error;
    }
    record(managed.domain, name, 'config-changed', { keys: 'bind' });
    return { bind: found, live: gone };
  });
}

interface Binds {
  readonly text: string | undefined;
  readonly config: MachineConfig;
  readonly live: boolean;
  /** The text with these binds, and all else as it was. */
  readonly changed: (binds: readonly BindMount[]) => string;
}

/** What its unit and its limits say is no matter of binds. */
async function readBinds(manager: Manager, name: string): Promise<Binds> {
  const { settings } = manager;
  const [machine, text] = await Promise.all([requireManaged(manager, name), settings.read(name)]);
  const config = configOf(manager.name, settings, { machine, text, limits: {}, enabled: false });
  const values = (section: string, key: string) => settings.values(text, section, key);
  return {
    text,
    config,
    live: 'pid' in machine.status,
    changed: (binds) =>
      settings.changed(text, settingsChanges(config, { ...config, binds: [...binds] }, values)),
  };
}
