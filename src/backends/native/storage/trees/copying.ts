/**
 * Copies of trees by the helper, of any depth: ids, modes, times, ACLs, extended attributes (those of overlayfs and capabilities too), hard
 * links, holes, whiteouts and other nodes stay what they are; blocks are shared where the file system can.
 */
import { spawnHelper } from '../../helper-client.ts';
import { watchWritten } from '../written-bytes.ts';
import { finishOrAbort } from './helper-work.ts';
import { runInView, type View } from './in-view.ts';

/**
 * `target` (absolute) may be an empty directory.
 * @throws BackendError 'helper-missing', 'permission', 'failed'; the signal's reason
 */
export async function copyFiles(
  helperPath: string,
  source: string,
  target: string,
  options: {
    readonly signal: AbortSignal;
    readonly onWritten: (bytes: number) => void;
    /** These and what follows are 0 and what follows in the copy. */
    readonly idsFrom?: number;
  },
): Promise<void> {
  options.signal.throwIfAborted();
  const ids = options.idsFrom === undefined ? [] : ['--ids-from', String(options.idsFrom)];
  const running = spawnHelper(helperPath, ['copy', ...ids, source, '', target], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // Ctrl-C is for us: we end it, and remove what it made.
    detached: true,
  });
  const stopWatching = watchWritten(running.child, options.onWritten);
  try {
    await finishOrAbort(running, { action: 'copy', path: source, signal: options.signal });
  } finally {
    stopWatching();
  }
}

/**
 * Copies what a view shows at `path` (relative; '' is all of it), which may be changing: no symbolic link leads elsewhere.
 * @throws as copyFiles; with the errno ESTALE, ENOENT or ELOOP also when somebody changed it meanwhile
 */
export async function copyFromView(
  helperPath: string,
  view: View,
  path: string,
  target: string,
  options: { readonly signal: AbortSignal; readonly onWritten?: (bytes: number) => void },
): Promise<void> {
  const task = { action: 'copy', path: `/${path}`, ...options };
  await runInView(helperPath, view, [helperPath, 'copy', '.', path, target], task);
}
