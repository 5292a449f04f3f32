/** The measured size of files that do not change any more, noted beside them. */
import { readFileSync } from 'node:fs';
import { writeWhole } from '../../files/atomic-file.ts';

/** Bytes; undefined if there is no note that can be read. */
export function readSizeNote(path: string): number | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    // After a power cut it may be empty.
    return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it can be written is no matter: it would only save time. */
export function writeSizeNote(path: string, bytes: number): void {
  try {
    writeWhole(path, String(bytes));
  } catch {
    // The next look counts anew.
  }
}
