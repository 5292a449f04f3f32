/** What a tree is that somebody else made, before a template takes it: whose files it has, and what tells it from any other. */
import { createHash } from 'node:crypto';
import { BackendError } from '../../../backend.ts';
import type { StorageWork, TreeSurvey } from '../../../storage.ts';
import { scanTree } from './looking.ts';
import { pathText, type TreeEntry } from './tree-entries.ts';

const TELL_EVERY = 1000;

/**
 * Reads no content: a file whose content changed has another time of modification, unless somebody set it back.
 * @throws BackendError 'unsupported' for marks of an overlay, which would mean something else in a layer; the signal's reason
 */
export async function surveyTree(
  helperPath: string,
  directory: string,
  { progress, signal }: StorageWork,
): Promise<TreeSurvey> {
  const digest = createHash('sha256');
  const ids = { lowest: Number.POSITIVE_INFINITY, highest: 0 };
  const seen = { bytes: 0, entries: 0, topId: 0, highestPath: '' };
  for await (const entry of scanTree(helperPath, directory)) {
    signal.throwIfAborted();
    refuseMark(entry);
    digest.update(factsOf(entry), 'latin1');
    if (Math.max(entry.uid, entry.gid) > ids.highest) seen.highestPath = `/${pathText(entry.path)}`;
    ids.highest = Math.max(ids.highest, entry.uid, entry.gid);
    ids.lowest = Math.min(ids.lowest, entry.uid, entry.gid);
    if (entry.depth === 0) seen.topId = entry.uid;
    seen.bytes += entry.bytes;
    seen.entries += 1;
    if (seen.entries % TELL_EVERY === 0)
      progress({ done: seen.entries, total: undefined, unit: 'files', deed: 'checking' });
  }
  return { ...seen, lowestId: ids.lowest, highestId: ids.highest, fingerprint: digest.digest('hex') };
}

/** @throws BackendError 'unsupported' */
export async function refuseOverlayMarks(helperPath: string, directory: string): Promise<void> {
  for await (const entry of scanTree(helperPath, directory)) refuseMark(entry);
}

function refuseMark({ path, whiteout, opaque, redirected }: TreeEntry): void {
  if (!whiteout && !opaque && !redirected) return;
  throw new BackendError('unsupported', `/${pathText(path)} has marks of an overlay file system`, {
    path: `/${pathText(path)}`,
    hint: 'It is a layer, not a whole root file system: mount the overlay, and take what it shows.',
  });
}

function factsOf(entry: TreeEntry): string {
  const { path, type, mode, uid, gid, size, modifiedNs, device, inode, target, xattrs } = entry;
  return `${[path, type, mode, uid, gid, size, modifiedNs, device, inode, target, xattrs].join('\0')}\0`;
}
