/** How much a copy of single paths out of a view will write, so that a person can be told how long it takes. */
import { bytesInView, type View } from '../trees/in-view.ts';
import type { FoundEntry } from './tree-reader.ts';

/**
 * Only directories have to be looked through for it.
 * @param paths relative, and what was found at them
 * @throws as bytesInView
 */
export async function bytesToCopy(
  helperPath: string,
  view: View,
  paths: readonly string[],
  found: readonly (FoundEntry | undefined)[],
  signal: AbortSignal,
): Promise<number> {
  const isDirectory = (index: number) => found[index]?.type === 'directory';
  const files = found.filter((entry) => entry?.type === 'file');
  const bytes = files.reduce((sum, entry) => sum + (entry?.bytes ?? 0), 0);
  const directories = paths.filter((_, index) => isDirectory(index));
  if (directories.length === 0) return bytes;
  return bytes + (await bytesInView(helperPath, view, directories, signal));
}
