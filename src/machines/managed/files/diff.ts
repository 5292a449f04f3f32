/** diff: what became of a machine's files. Loaded lazily. */
import type { FileChange } from '../../../backends/storage.ts';
import { changesOf, fileDiffOf, type StatePair } from '../../files/compare.ts';
import type { FileDiff } from '../../machines.ts';
import type { ManagedDomain } from '../managed-domain.ts';
import { baseOfSource, stateOfSource } from './states.ts';

/** Without `to`: from what `from` goes on from to `from`. `below`: an absolute path inside. Throws `usage` for one that is in neither. */
export async function* diff(
  managed: ManagedDomain,
  from: string,
  to: string | undefined,
  below: string | undefined,
): AsyncGenerator<FileChange> {
  const { trees } = await managed.manager();
  yield* changesOf(trees, await statesOf(managed, from, to), below);
}

/** Of one file, in words where it is text. */
export async function diffFile(
  managed: ManagedDomain,
  from: string,
  to: string | undefined,
  path: string,
): Promise<FileDiff> {
  const { trees } = await managed.manager();
  return await fileDiffOf(trees, await statesOf(managed, from, to), path);
}

async function statesOf(managed: ManagedDomain, from: string, to: string | undefined): Promise<StatePair> {
  const manager = await managed.manager();
  if (to === undefined) {
    return { from: await baseOfSource(managed, from), to: await stateOfSource(manager, from) };
  }
  return { from: await stateOfSource(manager, from), to: await stateOfSource(manager, to) };
}
