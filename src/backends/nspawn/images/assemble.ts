/** States out of an archive, which are differences, as one whole tree. */
import { mkdirSync } from 'node:fs';
import { makeWhiteouts } from '../../native/storage/trees/changing.ts';
import { copyFiles, copyFromView } from '../../native/storage/trees/copying.ts';
import type { StorageWork, UnpackedFiles } from '../../storage.ts';

interface Assembly {
  readonly helperPath: string;
  readonly states: readonly UnpackedFiles[];
  readonly target: string;
  readonly workDirectory: string;
  readonly work: StorageWork;
}

/** The last of them: a view shows it upon those that it goes on from, as an overlay would. */
export async function assemble({ helperPath, states, target, workDirectory, work }: Assembly): Promise<void> {
  const stack = stackOf(states);
  for (const { directory, removed } of stack) {
    // A path (a character a byte), and one that is marked already is fine.
    const paths = removed.map((path) => path.toString('latin1'));
    await makeWhiteouts(helperPath, directory, paths);
  }
  const [only] = stack;
  if (stack.length === 1 && only !== undefined)
    return await copyFiles(helperPath, only.directory, target, { signal: work.signal, onWritten: () => {} });
  const at = `${workDirectory}/view`;
  mkdirSync(at, { recursive: true, mode: 0o700 });
  const layers = stack.map(({ directory }) => directory);
  await copyFromView(helperPath, { layers, at }, '', target, { signal: work.signal });
}

/** Top first. */
function stackOf<S extends Pick<UnpackedFiles, 'base'>>(states: readonly S[]): readonly S[] {
  const stack: S[] = [];
  let at: number | undefined = states.length - 1;
  while (at !== undefined) {
    const state: S | undefined = states[at];
    if (state === undefined) break;
    stack.push(state);
    at = state.base;
  }
  return stack;
}
