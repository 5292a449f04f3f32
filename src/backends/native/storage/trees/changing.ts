/** What the helper changes in trees: no symbolic link of a tree is followed, no depth is too deep. */
import { lstatSync } from 'node:fs';
import { addonBeside } from '../../addon.ts';
import { spawnHelper } from '../../helper-client.ts';
import { refuseMounts } from '../refuse-mounts.ts';
import { ask, askAtOnce, finish, finishOrAbort, recordedFailure, writePaths } from './helper-work.ts';

/** `total` is undefined as long as it is not known. */
export type Told = (done: number, total: number | undefined) => void;

/**
 * Moves all of a layer into the one directly below it. Both look the same together at every moment: what was killed, or aborted, is
 * finished by another call. Afterwards `upper` is empty. `deeper`: what lies below `lower`, top first, for then whiteouts that hide
 * nothing there are not kept; undefined if it is not known. `told`: of entries that move or go.
 * @throws BackendError 'helper-missing', 'permission', 'failed'; the signal's reason
 */
export async function mergeLayers(
  helperPath: string,
  upper: string,
  lower: string,
  options: {
    readonly deeper?: readonly string[] | undefined;
    readonly told?: Told;
    readonly signal?: AbortSignal;
  } = {},
): Promise<void> {
  const { deeper, told, signal } = options;
  const lowest = deeper?.length === 0 ? ['--lowest'] : [];
  const args = ['merge', ...lowest, upper, lower, ...(deeper ?? [])];
  await runTelling(helperPath, args, { action: 'merge', path: upper, told, signal });
}

/** Of what says how far it is in lines `done N` and `total N`. */
async function runTelling(
  helperPath: string,
  args: readonly string[],
  task: {
    readonly action: string;
    readonly path: string;
    readonly told: Told | undefined;
    readonly signal: AbortSignal | undefined;
  },
): Promise<void> {
  task.signal?.throwIfAborted();
  // Ctrl-C is for us: we end it.
  const running = spawnHelper(helperPath, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const amounts: Record<string, number> = {};
  running.child.stdout?.on('data', (lines) => {
    // Each is written at once.
    for (const [, word = '', amount] of String(lines).matchAll(/(done|total) (\d+)\n/g)) {
      amounts[word] = Number(amount);
    }
    task.told?.(amounts['done'] ?? 0, amounts['total']);
  });
  await finishOrAbort(running, task);
}

/**
 * Makes a whiteout at `path` below `root`, whose parent is there; one that is there already is fine.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export async function makeWhiteout(helperPath: string, root: string, path: string): Promise<void> {
  await ask(helperPath, ['whiteout', root, path], 'hide a file in', [root]);
}

/**
 * The same at each of the paths (a character a byte) of a new layer: the times of its directories stay.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export async function makeWhiteouts(
  helperPath: string,
  root: string,
  paths: readonly string[],
): Promise<void> {
  if (paths.length === 0) return;
  const running = spawnHelper(helperPath, ['whiteout', root], { stdio: ['pipe', 'ignore', 'pipe'] });
  writePaths(running, paths);
  await finish(running, 'hide files in', root);
}

/**
 * Marks the directory at `path` below `root`, so that it hides what lower layers have of it.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export async function makeOpaque(helperPath: string, root: string, path: string): Promise<void> {
  await ask(helperPath, ['opaque', root, path], 'hide a directory in', [root]);
}

/**
 * Makes an empty directory `made` with the owner, mode, time and attributes of another one.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export function makeDirectoryLike(helperPath: string, directory: string, made: string): void {
  const addon = addonBeside(helperPath);
  if (addon === undefined) {
    askAtOnce(helperPath, ['like', directory, made], 'make', made);
    return;
  }
  const failure = addon.like(directory, made);
  if (failure !== undefined) throw recordedFailure('make', made, failure);
}

/**
 * Makes the directories on the way to `path` in the layer `upper`, where they are missing, as the stack `lower` shows them.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export async function raiseTo(
  helperPath: string,
  upper: string,
  path: string,
  lower: readonly string[],
): Promise<void> {
  await ask(helperPath, ['raise', upper, path, ...lower], 'make a directory in', [upper]);
}

/**
 * Deletes trees, however deep, unless something is mounted in one. What is not there is fine. `told`: of bytes on disk. Their total is looked
 * for if they are not gone after `totalAfterMs`, with that of what will be deleted `later`.
 * @throws BackendError 'helper-missing', 'permission', 'failed'; the signal's reason, and a part of them is left then
 */
export async function removeTrees(
  helperPath: string,
  paths: readonly string[],
  options: {
    readonly told?: Told;
    readonly signal?: AbortSignal;
    readonly totalAfterMs?: number;
    readonly later?: readonly string[];
  } = {},
): Promise<void> {
  const { told, signal, totalAfterMs, later = [] } = options;
  for (const path of paths) {
    if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) refuseMounts(path);
  }
  const total = totalAfterMs === undefined ? [] : ['--total-after', String(totalAfterMs)];
  const args = ['remove', ...total, ...paths, '--then', ...later];
  await runTelling(helperPath, args, { action: 'remove', path: paths.join(', '), told, signal });
}
