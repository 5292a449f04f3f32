/** Between a config and the text of a settings file, both ways. What of a config is no matter of that file is left as it is. */
import { isDeepStrictEqual } from 'node:util';
import type { SettingsChange } from '../../../backends/manager/settings.ts';
import type { MachineConfig } from '../../config/config-schema.ts';
import { bootWords } from './boot-words.ts';
import { isolationWords } from './isolation-words.ts';
import { mountWords } from './mount-words.ts';
import { ownWords } from './own-words.ts';
import { rlimitWords } from './rlimit-words.ts';
import type { ConfigWord, ValuesOf } from './word.ts';

const words: readonly ConfigWord[] = [
  ...isolationWords,
  ...bootWords,
  ...mountWords,
  ...rlimitWords,
  ...ownWords,
];

export function readSettings(config: MachineConfig, values: ValuesOf): MachineConfig {
  return words.reduce((read, word) => word.read(read, values), config);
}

/** What makes the file say what `after` says. @throws MachineError 'unsupported' for what no settings file can say */
export function settingsChanges(
  before: MachineConfig,
  after: MachineConfig,
  values: ValuesOf,
): readonly SettingsChange[] {
  return words
    .filter((word) => !isDeepStrictEqual(word.part(before), word.part(after)))
    .flatMap((word) => word.write(after, values));
}
