/**
 * Entries of the trash that go for good, and with them the layers that nothing else names. Under the layers' lock both lose
 * their names, so that nobody takes them back or counts on them; their files are deleted after that.
 */
import { existsSync, lstatSync, renameSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { syncDirectory } from '../../files/atomic-file.ts';
import { type Domain, record } from '../domain.ts';
import { deleteDoomedLayers, doomFreeLayers, type KeptLayers } from '../layers/free-layers.ts';
import { withLayersLock } from '../layers/layers-lock.ts';
import type { PurgedEntry } from '../machines.ts';
import { step } from '../store/crash-points.ts';
import { removeIntent, writeIntent } from '../store/intents.ts';
import { DOOMED } from '../store/paths.ts';
import { releaseRanges } from '../store/ranges.ts';
import { readFolder } from '../store/store.ts';
import { bytesOf, surplusEntries } from './bounds.ts';
import { parseEntry } from './entries.ts';

/** Removes the named entries for good; one that is not there any more is somebody else's. `begun` is told which went. */
export async function purgeEntries(
  domain: Domain,
  named: readonly string[],
  begun: (entries: readonly string[]) => void = () => {},
): Promise<void> {
  if (named.length === 0) return;
  const doomed = await withLayersLock(domain, async () => beginPurge(domain, named));
  if (doomed === undefined) return;
  const { intent, kept } = doomed;
  begun(intent.entries);
  step('purge', 3);
  await deleteAllDoomed(domain, intent.entries, kept);
  step('purge', 4);
  removeIntent(domain.paths, intent);
  step('purge', 5);
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

/** Keeps the trash within its bounds; returns what went. What cannot be removed now is tried again the next time something comes. */
export async function purgeSurplus(domain: Domain, now: number): Promise<readonly PurgedEntry[]> {
  let gone: readonly string[] = [];
  const sizes = new Map<string, number | null>();
  try {
    const surplus = (await surplusEntries(domain, now)).map(({ entry }) => entry);
    for (const entry of surplus) sizes.set(entry, await bytesOf(domain, entry).catch(() => null));
    await purgeEntries(domain, surplus, (entries) => {
      gone = entries;
    });
  } catch {
    // What was asked for is done; `trash list` shows what is still there, and purging that by hand says why.
  }
  return gone.map((entry) => ({ entry, bytes: sizes.get(entry) ?? null }));
}

/** May be repeated. */
export async function completePurge(domain: Domain, entries: readonly string[]): Promise<'completed'> {
  const kept = await withLayersLock(domain, async () => doom(domain, entries));
  await deleteAllDoomed(domain, entries, kept);
  return 'completed';
}

/** The caller holds the layers' lock. */
function doom(domain: Domain, entries: readonly string[]): KeptLayers | undefined {
  const { trash } = domain.paths;
  for (const entry of entries) {
    if (existsSync(join(trash, entry))) {
      renameSync(join(trash, entry), join(trash, `${DOOMED}${entry}`));
    }
  }
  if (existsSync(trash)) syncDirectory(trash);
  return doomFreeLayers(domain);
}

async function deleteAllDoomed(
  domain: Domain,
  entries: readonly string[],
  kept: KeptLayers | undefined,
): Promise<void> {
  for (const entry of entries) {
    await deleteDoomed(domain, entry);
  }
  await deleteDoomedLayers(domain);
  if (kept !== undefined) {
    const machine = parseEntry(entries[0] ?? '')?.machine ?? '';
    record(domain, machine, 'layers-kept', { path: kept.unreadable });
  }
}

/**
 * Files first: an id range is given away only when nothing carries what it stands for. The folder last: an entry that is not
 * there was taken back in time, range and all.
 */
async function deleteDoomed(domain: Domain, entry: string): Promise<void> {
  const { storage } = domain.backend;
  const folder = join(domain.paths.trash, `${DOOMED}${entry}`);
  if (!existsSync(folder)) return;
  for (const file of readFolder(folder)) {
    const path = join(folder, file);
    // Most are small files of ours, for which no other program has to be run.
    if (lstatSync(path).isDirectory()) await storage.remove(path);
    else unlinkSync(path);
  }
  await releaseRanges(domain, entry);
  await storage.remove(folder);
  record(domain, parseEntry(entry)?.machine ?? entry, 'purged', { entry });
}
