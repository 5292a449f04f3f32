/**
 * Which command put an entry into the trash, where that one put several there: `undo` then brings all of them back. Noted in what is removed
 * before it goes, so that one that died halfway is known by what it did.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../../files/atomic-file.ts';
import { randomHex } from '../../files/random-bytes.ts';
import { removeFile } from '../../files/remove-file.ts';

const REMOVED_BY_FILE = 'removed-by';

export function newCommandId(): string {
  return randomHex(16);
}

/** Undefined for what is none. */
export function readCommandId(text: string): string | undefined {
  return /^[0-9a-f]{32}$/.test(text) ? text : undefined;
}

/** Of a folder that goes to the trash. */
export function noteRemovedBy(directory: string, command: string | undefined): void {
  if (command !== undefined) writeAtomically(join(directory, REMOVED_BY_FILE), command);
}

/** Undefined: it went by itself. */
export function removedBy(directory: string): string | undefined {
  try {
    return readCommandId(readFileSync(join(directory, REMOVED_BY_FILE), 'utf8'));
  } catch {
    return undefined;
  }
}

/** Of a folder that is back. */
export function forgetRemovedBy(directory: string): void {
  removeFile(join(directory, REMOVED_BY_FILE));
}
