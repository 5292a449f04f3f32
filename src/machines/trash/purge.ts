/**
 * Entries of the trash that go for good, and with them the layers that nothing else names. Under the layers' lock both lose
 * their names, so that nobody takes them back or counts on them; their files are deleted after that.
 */

import { existsSync, lstatSync, renameSync, rmdirSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { StorageWork } from '../../backends/storage.ts';
import { syncDirectory } from '../../files/atomic-file.ts';
import { type Domain, record } from '../domain.ts';
import { passOver } from '../failures.ts';
import {
  deleteDoomedLayers,
  doomFreeLayers,
  type KeptLayers,
  readDoomedLayers,
} from '../layers/free-layers.ts';
import { withLayersLock } from '../layers/layers-lock.ts';
import type { PurgedEntry } from '../machines.ts';
import { step } from '../store/crash-points.ts';
import { removeIntent, writeIntent } from '../store/intents.ts';
import { DOOMED } from '../store/paths.ts';
import { releaseRanges } from '../store/ranges.ts';
import { readFolder } from '../store/store.ts';
import { quietWork } from '../work/quiet-work.ts';
import { bytesOf, surplusEntries } from './bounds.ts';
import { parseEntry } from './entries.ts';
import { createRemover, type Remover } from './remover.ts';

/**
 * Removes the named entries for good; one that is not there any more is somebody else's. `begun` is told which went. Broken off before
 * that, nothing has changed; after it, their note stays, and the next command deletes what is left.
 */
export async function purgeEntries(
  domain: Domain,
  named: readonly string[],
  remover: Remover,
  begun: (entries: readonly string[]) => void = () => {},
): Promise<void> {
  if (named.length === 0) return;
  remover.work.signal.throwIfAborted();
  const doomed = await withLayersLock(domain, async () => beginPurge(domain, named));
  if (doomed === undefined) return;
  const { intent, kept } = doomed;
  begun(intent.entries);
  step('purge', 3);
  await deleteAllDoomed(domain, intent.entries, kept, remover);
  step('purge', 5);
  removeIntent(domain.paths, intent);
  step('purge', 6);
}

/** The caller holds the layers' lock. */
function beginPurge(domain: Domain, named: readonly string[]) {
  const { paths } = domain;
  const entries = named.filter((entry) => existsSync(join(paths.trash, entry)));
  const [name] = entries;
  if (name === undefined) return undefined;
  const intent = { operation: 'purge', name, entries } as const;
  step('purge', 1);
  writeIntent(paths, intent);
  step('purge', 2);
  return { intent, kept: doom(domain, entries) };
}

/** Keeps the trash within its bounds; returns what went, or goes with the next command if it was broken off. What cannot be removed now is tried again the next time something comes. */
export async function purgeSurplus(
  domain: Domain,
  now: number,
  work: StorageWork,
): Promise<readonly PurgedEntry[]> {
  let gone: readonly string[] = [];
  const sizes = new Map<string, number | null>();
  try {
    const surplus = (await surplusEntries(domain, now)).map(({ entry }) => entry);
    for (const entry of surplus) sizes.set(entry, await bytesOf(domain, entry).catch(() => null));
    await purgeEntries(domain, surplus, createRemover(domain, work), (entries) => {
      gone = entries;
    });
  } catch (error) {
    passOver(error, work.signal);
    // What was asked for is done; `trash list` shows what is still there, and purging that by hand says why.
  }
  return gone.map((entry) => ({ entry, bytes: sizes.get(entry) ?? null }));
}

/** May be repeated. */
export async function completePurge(domain: Domain, entries: readonly string[]): Promise<'completed'> {
  const kept = await withLayersLock(domain, async () => doom(domain, entries));
  await deleteAllDoomed(domain, entries, kept, createRemover(domain, quietWork));
  return 'completed';
}

/** The caller holds the layers' lock. */
function doom(domain: Domain, entries: readonly string[]): KeptLayers | undefined {
  doomEntries(domain, entries);
  return doomFreeLayers(domain);
}

/** They lose their names. The caller holds the layers' lock. */
export function doomEntries({ paths: { trash } }: Domain, entries: readonly string[]): void {
  for (const entry of entries) {
    if (existsSync(join(trash, entry))) renameSync(join(trash, entry), doomedFolder(trash, entry));
  }
  if (existsSync(trash)) syncDirectory(trash);
}

async function deleteAllDoomed(
  domain: Domain,
  entries: readonly string[],
  kept: KeptLayers | undefined,
  remover: Remover,
): Promise<void> {
  const { paths } = domain;
  const folders = entries.map((entry) => doomedFolder(paths.trash, entry));
  const layers = readDoomedLayers(paths).map((name) => join(paths.layers, name));
  for (const [index, entry] of entries.entries()) {
    await deleteDoomed(domain, entry, remover, [...folders.slice(index + 1), ...layers]);
  }
  step('purge', 4);
  await deleteLayers(domain, entries[0], kept, remover);
}

/** Those that have lost their names; tells why others have not. */
export async function deleteLayers(
  domain: Domain,
  entry: string | undefined,
  kept: KeptLayers | undefined,
  remover: Remover,
): Promise<void> {
  await deleteDoomedLayers(domain, remover);
  if (kept !== undefined) {
    const machine = parseEntry(entry ?? '')?.machine ?? '';
    record(domain, machine, 'layers-kept', { path: kept.unreadable });
  }
}

/**
 * Files first: an id range is given away only when nothing carries what it stands for. The folder last: an entry that is not
 * there was taken back in time, range and all. `later`: what goes after it.
 */
export async function deleteDoomed(
  domain: Domain,
  entry: string,
  { remove }: Remover,
  later: readonly string[],
): Promise<void> {
  const folder = doomedFolder(domain.paths.trash, entry);
  if (!existsSync(folder)) return;
  const trees: string[] = [];
  for (const file of readFolder(folder)) {
    const path = join(folder, file);
    // Most are small files of ours, for which no other program has to be run.
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) trees.push(path);
    else goneOrRemoved(() => unlinkSync(path));
  }
  for (const [index, tree] of trees.entries()) await remove(tree, [...trees.slice(index + 1), ...later]);
  await releaseRanges(domain, entry);
  if (goneOrRemoved(() => rmdirSync(folder)))
    record(domain, parseEntry(entry)?.machine ?? entry, 'purged', { entry });
}

/**
 * False: somebody who empties the trash at the same time removed it, and has told so. Not by Node's rmSync: an immutable file is a
 * folder to that, and the error says ENOTDIR.
 */
function goneOrRemoved(remove: () => void): boolean {
  try {
    remove();
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw error;
  }
}

function doomedFolder(trash: string, entry: string): string {
  return join(trash, `${DOOMED}${entry}`);
}
