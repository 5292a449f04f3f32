/** config.json as text: parsing with the place and the way out in every error, and printing. */

import { MachineError } from '../errors.ts';
import { parseStored } from '../store/stored-json.ts';
import { CONFIG_VERSION, type MachineConfig, machineConfigSchema } from './config-schema.ts';

/** Where the text came from, for the words of an error. */
export interface ConfigSource {
  readonly name: string;
  readonly path: string;
  /** Whether a copy of the version before is kept. */
  readonly previous: string | undefined;
}

/** Throws MachineError `invalid-config` that names the file, the place and what to do. */
export function parseConfig(text: string, source: ConfigSource): MachineConfig {
  const stored = parseStored(text, machineConfigSchema, CONFIG_VERSION);
  if (stored.fault === undefined) {
    return stored.value;
  }
  throw stored.newerVersion === undefined
    ? invalid(source, stored.fault, stored.cause)
    : new MachineError('invalid-config', `${source.path} has ${stored.fault}`, {
        subject: source.name,
        path: source.path,
        hint: 'it was written by a newer tsmachine: use that one',
      });
}

export function formatConfig(config: MachineConfig): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}

function invalid(source: ConfigSource, what: string, cause: unknown): MachineError {
  const restore =
    source.previous === undefined ? '' : `, or copy the version before back from ${source.previous}`;
  return new MachineError('invalid-config', `${source.path}: ${what}`, {
    subject: source.name,
    path: source.path,
    hint: `repair it with \`tsmachine config ${source.name} --edit\`${restore}`,
    cause,
  });
}
