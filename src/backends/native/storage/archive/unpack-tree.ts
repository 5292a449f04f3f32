/** A root file system out of a tar that anybody may have made, confined and bounded as an import is. */
import type { ArchiveInput, StorageWork } from '../../../storage.ts';
import { refuseOverlayMarks } from '../trees/survey.ts';
import { decompress } from './decompress.ts';
import { createTreeGate } from './tree-gate.ts';
import { boundsOf, passed, unpackInto } from './unpack.ts';

/** Into `directory`, which exists and is empty. */
export async function unpackTree(
  helperPath: string,
  input: ArchiveInput,
  directory: string,
  maxBytes: number | undefined,
  work: StorageWork,
): Promise<void> {
  const { signal } = work;
  const tar = decompress(input, {
    signal,
    progress: (progress) => work.progress({ ...progress, deed: 'unpacking' }),
  });
  try {
    const gate = createTreeGate(boundsOf(directory, maxBytes));
    await unpackInto(helperPath, directory, passed(gate, [], tar), work);
  } finally {
    await tar.return(undefined);
  }
  await refuseOverlayMarks(helperPath, directory);
}
