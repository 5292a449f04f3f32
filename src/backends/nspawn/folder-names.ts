import { readdirSync } from 'node:fs';

/** What lies in a folder; nothing in one that is not there, or that nobody else may look into. */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'EACCES') return [];
    throw error;
  }
}
