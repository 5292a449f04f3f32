/** The text of the settings file that counts, of one machine and of many. */
import { BackendError } from '../../backend.ts';
import { begunText } from './begun-text.ts';
import { findSettings, namesWithSettings, type SettingsPlaces } from './settings-files.ts';

/** Undefined: no file is there. @throws BackendError 'failed', 'permission' */
export function countingText(places: SettingsPlaces, name: string): string | undefined {
  const found = findSettings(places, name);
  return found === undefined ? undefined : begunText(found);
}

/** Of those that have a file which can be read: what is wrong with another is told where that machine alone is asked for. */
export function countingTexts(places: SettingsPlaces, names: readonly string[]): ReadonlyMap<string, string> {
  const texts = new Map<string, string>();
  for (const name of namesWithSettings(places, names)) {
    const text = textOrNone(places, name);
    if (text !== undefined) texts.set(name, text);
  }
  return texts;
}

function textOrNone(places: SettingsPlaces, name: string): string | undefined {
  try {
    return countingText(places, name);
  } catch (error) {
    if (error instanceof BackendError) return undefined;
    throw error;
  }
}
