/** What trees take on disk; the helper looks (docs/launch-plan.md, "Scan" and "Shares"). */
import { ask } from './helper-work.ts';

/**
 * Bytes on disk of all the trees together, each file once.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export async function bytesOfTrees(helperPath: string, paths: readonly string[]): Promise<number> {
  return Number(await ask(helperPath, ['scan', '--bytes', ...paths], 'look through', paths));
}

/**
 * Bytes on disk of each tree by itself; undefined for what cannot be looked through.
 * @throws BackendError 'helper-missing', 'failed'
 */
export async function bytesOfEachTree(
  helperPath: string,
  paths: readonly string[],
): Promise<readonly (number | undefined)[]> {
  if (paths.length === 0) return [];
  const lines = (await ask(helperPath, ['scan', '--bytes-each', ...paths], 'look through', paths)).split(
    '\n',
  );
  return lines.map((line) => (line === '-' ? undefined : Number(line)));
}

/**
 * Bytes on disk of all the trees together: that nothing else holds, and that something outside of them holds too.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export async function sharesOfTrees(
  helperPath: string,
  paths: readonly string[],
): Promise<{ readonly ownBytes: number; readonly sharedBytes: number }> {
  if (paths.length === 0) return { ownBytes: 0, sharedBytes: 0 };
  const answer = await ask(helperPath, ['shares', ...paths], 'look through', paths);
  const [ownBytes = 0, sharedBytes = 0] = answer.split(' ').map(Number);
  return { ownBytes, sharedBytes };
}
