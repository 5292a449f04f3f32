/** Snapshots of subvolumes, with those that a machine has made inside itself, which the kernel leaves out. */
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { spawnHelper } from '../../helper-client.ts';
import { atOnce, type Hold, moveTree } from '../copy-tree.ts';
import { staged } from '../places.ts';
import { removeTree } from '../remove-tree.ts';
import { finish } from '../trees/helper-work.ts';

export interface SnapshotOptions {
  readonly helperPath: string;
  readonly mode: 'read-only' | 'read-write';
  readonly signal: AbortSignal;
  /** Used only where there are several subvolumes, which the kernel does not take at one moment. */
  readonly hold?: Hold;
}

/**
 * `target` appears whole, on disk, or not at all. A subvolume alone is taken at one moment, whoever writes to it. Those inside stay
 * read-only or not, as they are. Returns how long a machine stood still for it.
 * @throws BackendError; the signal's reason
 */
export async function snapshotSubvolume(
  source: string,
  target: string,
  options: SnapshotOptions,
): Promise<number | undefined> {
  if ((await take(source, target, [], options)) === 'done') return undefined;
  const half = staged(target);
  await removeTree(half);
  try {
    const hold = options.hold ?? atOnce;
    const frozenMs = await hold(async () => {
      await take(source, half, ['--nested'], options);
    });
    moveTree(half, target);
    return frozenMs;
  } catch (error) {
    await removeTree(half);
    throw error;
  }
}

type Taken = 'done' | 'nested';

/** 'nested': there are others inside, and nothing was done. */
async function take(
  source: string,
  target: string,
  flags: readonly string[],
  { helperPath, mode, signal }: SnapshotOptions,
): Promise<Taken> {
  signal.throwIfAborted();
  const readOnly = mode === 'read-only' ? ['--read-only'] : [];
  const args = ['snapshot', ...flags, ...readOnly, source, target];
  const running = spawnHelper(helperPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const abort = () => running.child.kill('SIGKILL');
  signal.addEventListener('abort', abort);
  try {
    const answer = text(running.child.stdout as Readable);
    await finish(running, 'make a snapshot of', source);
    return (await answer).trim() as Taken;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}
