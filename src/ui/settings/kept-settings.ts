/** What is changed in the dashboard is there again when it is opened the next time. */
import type { SettingsFile } from '../../files/settings-file.ts';
import { MachineError } from '../../machines/errors.ts';
import type { DashboardState } from '../state/dashboard-state.ts';
import type { Store } from '../store/store.ts';
import { formatSettings, leaderOf, parseSettings, remappedKeys, type Settings } from './settings.ts';

/** @throws MachineError `invalid-config`, or `failed` for a file that cannot be read */
export function readSettings({ path, read }: SettingsFile): Settings {
  let text: string | undefined;
  try {
    text = read();
  } catch (cause) {
    throw new MachineError('failed', `the dashboard's settings cannot be read: ${messageOf(cause)}`, {
      path,
      hint: `look at the owner and the mode of ${path}`,
      cause,
    });
  }
  return text === undefined || text.trim() === '' ? {} : parseSettings(text, path);
}

export function applySettings(state: DashboardState, settings: Settings): DashboardState {
  return {
    ...state,
    sort: settings.sort ?? state.sort,
    columns: settings.columns ?? state.columns,
    remapped: remappedKeys(settings),
    leader: leaderOf(settings) ?? state.leader,
  };
}

/** Writes after a change of what is kept, and stays silent as long as nothing of it changes. */
export function keepSettings(store: Store, settings: Settings, file: SettingsFile): () => void {
  let kept = settings;
  let before = store.state();
  return store.subscribe(() => {
    const now = store.state();
    const next = changedSettings(kept, before, now);
    before = now;
    if (next === kept) return;
    kept = next;
    try {
      file.write(formatSettings(kept));
    } catch (error) {
      const text = `not kept for the next time: ${messageOf(error)}`;
      store.tell({ type: 'notice', notice: { kind: 'failed', text, command: undefined } });
    }
  });
}

/** Only what was changed is written: what is standard may get better. The same object if nothing was. */
export function changedSettings(kept: Settings, before: DashboardState, now: DashboardState): Settings {
  const changed: Settings = {
    ...(now.theme !== before.theme && now.theme !== undefined ? { theme: now.theme } : {}),
    ...(now.glyphs !== before.glyphs && now.glyphs !== undefined ? { glyphs: now.glyphs } : {}),
    ...(now.sort !== before.sort ? { sort: now.sort } : {}),
    ...(now.columns !== before.columns ? { columns: [...now.columns] } : {}),
  };
  return Object.keys(changed).length === 0 ? kept : { ...kept, ...changed };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
