/** How much the trash may hold: bounded by age, number and size. */
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { Domain } from '../domain.ts';
import type { Paths } from '../store/paths.ts';
import { readSizeNote, writeSizeNote } from '../store/size-note.ts';
import { readTrash, type TrashEntry } from './entries.ts';

const GIB = 1024 ** 3;

export const trashBounds = {
  maxAgeMs: 7 * 24 * 3600 * 1000,
  maxMachines: 20,
  maxSnapshots: 100,
  /** Of what paths were before a revert. */
  maxReverts: 100,
  /** Of the entries' own files, without layers; and never more than this part of the file system. */
  maxBytes: 20 * GIB,
  maxShare: 0.1,
} as const;

/** In an entry, once it was measured: nothing in it changes any more. */
export const SIZE_FILE = 'bytes-in-trash';

/** As surplusOf, of what lies in the trash. */
export async function surplusEntries(domain: Domain, now: number): Promise<readonly TrashEntry[]> {
  return surplusOf(readTrash(domain.paths.trash), now, {
    bytesOf: ({ entry }) => bytesOf(domain, entry),
    mostBytes: () => mostBytes(domain.paths.trash),
  });
}

export interface TrashSizes<E extends TrashEntry> {
  bytesOf(entry: E): Promise<number>;
  mostBytes(): number;
}

/**
 * Entries that are too old or too many, and the oldest of what is too large; never the newest one for its size. `entries`: newest first.
 * `now`: milliseconds since the epoch.
 */
export async function surplusOf<E extends TrashEntry>(
  entries: readonly E[],
  now: number,
  sizes: TrashSizes<E>,
): Promise<readonly E[]> {
  const seen = { machine: 0, snapshot: 0, paths: 0 };
  const { maxMachines, maxSnapshots, maxReverts } = trashBounds;
  const most = { machine: maxMachines, snapshot: maxSnapshots, paths: maxReverts };
  const surplus = entries.filter(({ kind, removedAt }) => {
    seen[kind] += 1;
    return seen[kind] > most[kind] || now - removedAt > trashBounds.maxAgeMs;
  });
  const rest = entries.filter((entry) => !surplus.includes(entry));
  return [...surplus, ...(await tooLarge(rest, sizes))];
}

/** The newest is not even measured: what it holds counts when something comes after it. */
async function tooLarge<E extends TrashEntry>(
  entries: readonly E[],
  { bytesOf, mostBytes }: TrashSizes<E>,
): Promise<readonly E[]> {
  const older = entries.slice(1);
  if (older.length === 0) return [];
  const most = mostBytes();
  let total = 0;
  const surplus: E[] = [];
  for (const entry of older) {
    total += await bytesOf(entry);
    if (total > most) surplus.push(entry);
  }
  return surplus;
}

/** `folder`: on the file system whose share counts. */
export function mostBytes(folder: string): number {
  const { blocks, bsize } = statfsSync(folder);
  return Math.min(trashBounds.maxBytes, blocks * bsize * trashBounds.maxShare);
}

/** Undefined if it was not measured. */
export function notedBytes({ trash }: Paths, entry: string): number | undefined {
  return readSizeNote(join(trash, entry, SIZE_FILE));
}

/** Measured once. */
export async function bytesOf({ paths, backend }: Domain, entry: string): Promise<number> {
  const noted = notedBytes(paths, entry);
  if (noted !== undefined) return noted;
  const bytes = await backend.storage.bytesOf(join(paths.trash, entry));
  writeSizeNote(join(paths.trash, entry, SIZE_FILE), bytes);
  return bytes;
}
