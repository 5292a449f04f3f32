/** The recordings in a folder. */
import { lstat, opendir } from 'node:fs/promises';
import { join } from 'node:path';

export interface RecordingFile {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly changedAt: number;
}

/** Of a folder with more files than these the others are not looked at. */
const MOST_LOOKED_AT = 10_000;
const MOST_LISTED = 500;

/** The newest first. Throws what reading the folder throws. */
export async function listRecordings(folder: string): Promise<readonly RecordingFile[]> {
  const names: string[] = [];
  let looked = 0;
  for await (const { name } of await opendir(folder)) {
    if (name.endsWith('.cast')) names.push(name);
    looked += 1;
    if (looked >= MOST_LOOKED_AT) break;
  }
  const found = await Promise.all(names.map((name) => describe(folder, name)));
  return found
    .filter((file) => file !== undefined)
    .sort((a, b) => b.changedAt - a.changedAt)
    .slice(0, MOST_LISTED);
}

/** Undefined: gone meanwhile, or none that can be replayed. */
async function describe(folder: string, name: string): Promise<RecordingFile | undefined> {
  try {
    const path = join(folder, name);
    const stat = await lstat(path);
    return stat.isFile() ? { path, name, bytes: stat.size, changedAt: stat.mtimeMs } : undefined;
  } catch {
    return undefined;
  }
}
