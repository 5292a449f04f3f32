/**
 * Destroyed machines wait in trash/NAME.TIMESTAMP for a week, at most twenty of them. An entry keeps its id range, under
 * the entry's name, until it is purged: its files still carry what the range stands for.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from './domain.ts';
import { releaseRanges } from './lifecycle/recovery.ts';
import { isMachineName } from './names.ts';
import { readFolder } from './store/store.ts';

export interface TrashEntry {
  /** The folder, NAME.MILLISECONDS: no machine has a dot in its name. */
  readonly entry: string;
  readonly name: string;
  readonly destroyedAt: number;
}

export const trashBounds = { maxAgeMs: 7 * 24 * 3600 * 1000, maxEntries: 20 } as const;

export function trashEntryName(name: string, now: number): string {
  return `${name}.${now}`;
}

/** Newest first. */
export function readTrash(trash: string): readonly TrashEntry[] {
  return readFolder(trash)
    .map(parseEntry)
    .filter((entry) => entry !== undefined)
    .sort((a, b) => b.destroyedAt - a.destroyedAt);
}

function parseEntry(entry: string): TrashEntry | undefined {
  const [, name, time] = /^([^.]+)\.(\d+)$/.exec(entry) ?? [];
  return name === undefined || !isMachineName(name) ? undefined : { entry, name, destroyedAt: Number(time) };
}

/** Removes the named entries for good. */
export async function purgeEntries(domain: Domain, entries: readonly string[]): Promise<void> {
  for (const entry of entries) {
    await purge(domain, entry);
  }
}

/** Keeps the trash within its bounds. What cannot be removed now is tried again at the next destroy. */
export async function purgeSurplus(domain: Domain, now: number): Promise<void> {
  const surplus = readTrash(domain.paths.trash).filter(
    ({ destroyedAt }, index) => index >= trashBounds.maxEntries || now - destroyedAt > trashBounds.maxAgeMs,
  );
  for (const { entry } of surplus) {
    try {
      await purge(domain, entry);
    } catch {}
  }
}

/** Storage first: an entry that is still listed still has its range, and the next purge goes on with it. */
async function purge(domain: Domain, entry: string): Promise<void> {
  const directory = join(domain.paths.trash, entry);
  for (const file of readFolder(directory)) {
    rmSync(join(directory, file), { recursive: true, force: true });
  }
  await releaseRanges(domain, entry);
  rmSync(directory, { recursive: true, force: true });
}
