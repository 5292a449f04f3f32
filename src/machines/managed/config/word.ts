/** One part of a config that a settings file has words for (systemd.nspawn(5)). */
import type { SettingsChange } from '../../../backends/manager/settings.ts';
import type { MachineConfig } from '../../config/config-schema.ts';

/** Values that count, in the order of the file. */
export type ValuesOf = (section: string, key: string) => readonly string[];

export interface ConfigWord {
  /** What of the config it is about: the file is not touched while that stays the same. */
  readonly part: (config: MachineConfig) => unknown;
  /** What cannot be said in a config is left out, as the manager leaves out what it does not understand. */
  readonly read: (config: MachineConfig, values: ValuesOf) => MachineConfig;
  /** @throws MachineError 'unsupported' */
  readonly write: (config: MachineConfig, values: ValuesOf) => readonly SettingsChange[];
}

/** The last one that `parse` can read: systemd warns of any other and goes on. */
export function lastOf<T>(values: readonly string[], parse: (value: string) => T | undefined): T | undefined {
  return values.map(parse).findLast((value) => value !== undefined);
}

/** parse_boolean() of systemd. */
export function parseBoolean(value: string): boolean | undefined {
  if (/^(?:1|y|yes|t|true|on)$/i.test(value)) return true;
  return /^(?:0|n|no|f|false|off)$/i.test(value) ? false : undefined;
}
