/**
 * The flat KEY=VALUE face of the config: what `config`, `set` and `create --set` read and print. One table drives
 * parsing, printing and completion.
 */
import type { LimitName } from '../../backends/limits.ts';
import type { MachineConfig } from '../config/config-schema.ts';
import { MachineError } from '../errors.ts';
import { nearest } from '../names/nearest.ts';
import { autostartKeys } from './autostart-keys.ts';
import { bootKeys } from './boot-keys.ts';
import { eventKeys } from './event-keys.ts';
import { keyForForeign } from './foreign-keys.ts';
import { isolationKeys } from './isolation-keys.ts';
import { type ConfigKey, refuser } from './key.ts';
import { deviceKeys } from './limits/device-keys.ts';
import { deviceLimitKeys } from './limits/device-limit-keys.ts';
import { diskKeys } from './limits/disk-keys.ts';
import { limitKeys } from './limits/limit-keys.ts';
import { netKeys } from './limits/net-keys.ts';
import { rlimitKeys } from './limits/rlimit-keys.ts';
import { mountKeys } from './mount-keys.ts';
import { restartKeys } from './restart-keys.ts';
import { snapshotKeys } from './snapshot-keys.ts';

export const configKeys: readonly ConfigKey[] = [
  ...limitKeys,
  ...deviceLimitKeys,
  ...deviceKeys,
  ...netKeys,
  ...eventKeys,
  ...restartKeys,
  ...autostartKeys,
  ...rlimitKeys,
  ...diskKeys,
  ...bootKeys,
  ...isolationKeys,
  ...mountKeys,
  ...snapshotKeys,
];

/** All keys with their values, in the table's order. */
export function printSettings(config: MachineConfig): Readonly<Record<string, string>> {
  return Object.assign({}, ...configKeys.map((key) => key.print(config)));
}

/** Applies them in order. Throws MachineError `usage` that names key, allowed values, and for a typo the nearest key. */
export function applySettings(
  config: MachineConfig,
  changes: Readonly<Record<string, string>>,
): MachineConfig {
  return Object.entries(changes).reduce((current, [written, value]) => {
    const { key, member } = findKey(written);
    const refuse = refuser(key, written, value);
    return value.includes('\0')
      ? refuse('must not contain a NUL byte')
      : key.apply(current, value, refuse, member);
  }, config);
}

/** The limits of cgroups among written keys. */
export function limitsAmong(written: readonly string[]): readonly LimitName[] {
  return written.flatMap((key) => match(key)?.key.limit ?? []);
}

/** KEY=VALUE as one word; the value may contain further equals signs. Throws `usage`. */
export function parseSetting(word: string): readonly [key: string, value: string] {
  const equals = word.indexOf('=');
  if (equals < 1) {
    throw new MachineError('usage', `${JSON.stringify(word)} is not KEY=VALUE`, {
      subject: word,
      hint: match(word) === undefined ? keyHint(word) : `${word}=VALUE sets it, ${word}= takes it away`,
    });
  }
  return [word.slice(0, equals), word.slice(equals + 1)];
}

/**
 * KEY=VALUE words as one change. A key that adds (bind, tmpfs) may come several times; of any other the last one counts.
 * Throws `usage`.
 */
export function collectSettings(words: readonly string[]): Readonly<Record<string, string>> {
  const settings: Record<string, string> = {};
  for (const [key, value] of words.map(parseSetting)) {
    const before = configKeys.find((candidate) => candidate.name === key)?.adds ? settings[key] : undefined;
    settings[key] = before === undefined ? value : `${before}\n${value}`;
  }
  return settings;
}

/** Of one setting. Throws `usage`: with what was meant, or because nobody set it. */
export function settingOf(settings: Readonly<Record<string, string>>, written: string): string {
  const value = Object.hasOwn(settings, written) ? settings[written] : undefined;
  if (value !== undefined) return value;
  findKey(written);
  throw new MachineError('usage', `${written} is not set`, {
    subject: written,
    hint: `${written}=VALUE sets it`,
  });
}

/** For completion: every key that can be written out; a family of free names ends with its dot. */
export function completeKeys(): readonly string[] {
  return configKeys.flatMap(
    (key) => key.members?.map((member) => key.name.replace('*', member)) ?? key.name.replace('*', ''),
  );
}

/** For completion: what the key's value may be. */
export function completeValues(written: string): readonly string[] {
  return match(written)?.key.values ?? [];
}

interface Match {
  readonly key: ConfigKey;
  readonly member: string;
}

function findKey(written: string): Match {
  const found = match(written);
  if (found === undefined) {
    throw new MachineError('usage', `there is no key "${written}"`, {
      subject: written,
      hint: keyHint(written),
    });
  }
  return found;
}

/** The key that was meant, else those in which the word occurs, else all, by their first words. */
function keyHint(written: string): string {
  const ours = keyForForeign(written);
  if (ours !== undefined && match(ours) !== undefined) return `here it is ${ours}`;
  const keys = completeKeys();
  const like = written === '' ? [] : keys.filter((key) => key.includes(written));
  if (like.length > 0) return `keys like it: ${like.join(' ')}`;
  const meant = nearest(written, keys);
  if (meant !== undefined) return `did you mean "${meant}"?`;
  return `keys: ${[...new Set(keys.map((key) => key.replace(/\..*/, '.*')))].join(' ')}`;
}

function match(written: string): Match | undefined {
  const exact = configKeys.find((key) => key.name === written && !key.name.endsWith('*'));
  if (exact !== undefined) {
    return { key: exact, member: '' };
  }
  for (const key of configKeys) {
    const stem = key.name.slice(0, -1);
    const member = written.slice(stem.length);
    if (key.name.endsWith('.*') && written.startsWith(stem) && member !== '') {
      return key.members === undefined || key.members.includes(member) ? { key, member } : undefined;
    }
  }
  return undefined;
}
