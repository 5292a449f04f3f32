/** A file in which a person's choices are kept, and which a person may edit: $XDG_CONFIG_HOME (XDG Base Directory Specification 0.8). */
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { writeWhole } from './atomic-file.ts';

export interface SettingsFile {
  readonly path: string;
  /** Undefined: there is none. Throws what the kernel says. */
  readonly read: () => string | undefined;
  readonly write: (text: string) => void;
}

/** @param name below the program's folder */
export function settingsFile(
  name: string,
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): SettingsFile {
  const given = environment['XDG_CONFIG_HOME'] ?? '';
  // The specification: a relative path is to be ignored.
  const path = join(isAbsolute(given) ? given : join(home, '.config'), 'tsmachine', name);
  return {
    path,
    read: () => {
      try {
        return readFileSync(path, 'utf8');
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    write: (text) => {
      mkdirSync(dirname(path), { recursive: true });
      writeWhole(path, text);
    },
  };
}
