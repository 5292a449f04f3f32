/** Commands that see a stack of layers as the kernel shows it, as one tree. */
import type { Writable } from 'node:stream';
import { spawnHelper } from '../../helper-client.ts';
import { encodeRecords } from '../../records.ts';
import { watchWritten } from '../written-bytes.ts';
import { finishOrAbort, type Running, readAnswer } from './helper-work.ts';

/** A stack of layers (absolute, top first; at most 500) or one tree, mounted over the directory `at` for one command only. */
export interface View {
  readonly layers: readonly string[];
  readonly at: string;
}

/** What `view` and `confined` exit with when the command was not run; then standard error is what `treeFailure` reads. */
export const NOT_RUN = 125;

type StdioItem = 'pipe' | 'ignore' | 'inherit' | number;

/** Runs a command whose working directory is the root of the view. The child becomes the command, or exits with NOT_RUN. */
export function spawnView(
  helperPath: string,
  view: View,
  command: readonly string[],
  stdio: readonly [StdioItem, StdioItem, StdioItem],
): Running {
  const records = encodeRecords([
    { name: 'overlay', arguments: view.layers },
    { name: 'at', arguments: [view.at] },
    { name: 'exec', arguments: command },
  ]);
  // Ctrl-C is for us: we end it.
  const running = spawnHelper(helperPath, ['view'], { stdio: [...stdio, 'pipe'], detached: true });
  const request = running.child.stdio[3] as Writable;
  // A helper that is gone does not read; its exit code says so.
  request.on('error', () => {});
  request.end(records);
  return running;
}

/**
 * Runs a command in a view to its end; what it says on standard error is the error. `onWritten` is told how many bytes it has written.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export async function runInView(
  helperPath: string,
  view: View,
  command: readonly string[],
  task: {
    readonly action: string;
    readonly path: string;
    readonly signal?: AbortSignal | undefined;
    readonly onWritten?: ((bytes: number) => void) | undefined;
  },
): Promise<void> {
  task.signal?.throwIfAborted();
  const running = spawnView(helperPath, view, command, ['ignore', 'ignore', 'pipe']);
  const stopWatching = task.onWritten && watchWritten(running.child, task.onWritten);
  try {
    await finishOrAbort(running, task);
  } finally {
    stopWatching?.();
  }
}

/**
 * Bytes that a copy of what a view shows at paths (relative) writes, each file once; nothing where a symbolic link or nothing is.
 * @throws BackendError 'helper-missing', 'permission', 'failed'; the signal's reason
 */
export async function bytesInView(
  helperPath: string,
  view: View,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  const command = [helperPath, 'scan', '--written', '.', ...paths];
  const running = spawnView(helperPath, view, command, ['ignore', 'pipe', 'pipe']);
  const task = { action: 'look through', path: `/${paths[0] ?? ''}`, signal };
  const [answer] = await Promise.all([readAnswer(running), finishOrAbort(running, task)]);
  return Number(answer);
}
