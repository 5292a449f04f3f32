import { accessSync, constants } from 'node:fs';

export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Where a program is, undefined if none of the folders has it. */
export function findExecutable(name: string, folders: readonly string[]): string | undefined {
  return folders.map((folder) => `${folder}/${name}`).find(isExecutable);
}
