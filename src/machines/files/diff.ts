/** diff: what became of a machine's files. Loaded lazily. */
import type { FileChange } from '../../backends/storage.ts';
import type { Domain } from '../domain.ts';
import type { FileDiff } from '../machines.ts';
import { changesOf, fileDiffOf, type StatePair } from './compare.ts';
import { imageOfSource, stateOfSource } from './states.ts';

/** Without `to`: from the image to `from`. `below`: an absolute path inside. Throws `usage` for one that is in neither. */
export async function* diff(
  domain: Domain,
  from: string,
  to: string | undefined,
  below: string | undefined,
): AsyncGenerator<FileChange> {
  yield* changesOf(domain.backend.storage, statesOf(domain, from, to), below);
}

/** Of one file, in words where it is text. */
export async function diffFile(
  domain: Domain,
  from: string,
  to: string | undefined,
  path: string,
): Promise<FileDiff> {
  return await fileDiffOf(domain.backend.storage, statesOf(domain, from, to), path);
}

function statesOf(domain: Domain, from: string, to: string | undefined): StatePair {
  if (to === undefined) return { from: imageOfSource(domain, from), to: stateOfSource(domain, from) };
  return { from: stateOfSource(domain, from), to: stateOfSource(domain, to) };
}
