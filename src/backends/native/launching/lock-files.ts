/** flock(2) on files that are open here, which Node lacks: taken by the addon, or by a process of ours that inherits them and may wait. */
import type { Readable } from 'node:stream';
import { BackendError } from '../../backend.ts';
import { type Addon, addonBeside, isFailure } from '../addon.ts';
import { runHelperAtOnce, spawnHelper, waitForExit } from '../helper-client.ts';

/** What the helper says when a lock is held by another for too long: EX_TEMPFAIL of sysexits.h. */
const BUSY = 75;

export type LockOutcome = 'locked' | { readonly busy: number };

/**
 * Takes flock(2) LOCK_EX on open files, waiting at most `waitMs` for all. The lock belongs to our open file descriptions: it is
 * held until the last descriptor is closed, by us or by our death.
 * @throws BackendError 'helper-missing', 'failed'
 */
export async function lockFiles(
  helperPath: string,
  fds: readonly number[],
  waitMs: number,
): Promise<LockOutcome> {
  const outcome = lockNow(helperPath, fds);
  if (outcome === 'locked' || waitMs === 0) return outcome;
  return outcomeOf(await waitForLocks(helperPath, fds, waitMs), fds);
}

/**
 * The same without waiting.
 * @throws BackendError 'helper-missing', 'failed'
 */
export function lockNow(helperPath: string, fds: readonly number[]): LockOutcome {
  const addon = addonBeside(helperPath);
  if (addon !== undefined) return addonOutcome(addon.lock(fds), fds);
  const { output, ...end } = runHelperAtOnce(helperPath, wordsOf(fds, 0), { stdio: stdioOf(fds) });
  return outcomeOf({ ...end, text: output.toString() }, fds);
}

function addonOutcome(answer: ReturnType<Addon['lock']>, fds: readonly number[]): LockOutcome {
  if (isFailure(answer)) {
    const [syscall, errno] = answer;
    throw new BackendError('failed', `cannot lock: ${syscall}: ${errno}`, { syscall, errno });
  }
  const busy = fds[answer];
  return busy === undefined ? 'locked' : { busy };
}

interface Answer {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly text: string;
}

async function waitForLocks(helperPath: string, fds: readonly number[], waitMs: number): Promise<Answer> {
  const { child, failed } = spawnHelper(helperPath, wordsOf(fds, waitMs), { stdio: stdioOf(fds) });
  const [text, { code, signal }] = await Promise.race([
    Promise.all([child.stdout === null ? '' : readText(child.stdout), waitForExit(child)]),
    failed,
  ]);
  return { code, signal, text };
}

function wordsOf(fds: readonly number[], waitMs: number): readonly string[] {
  return ['lock', waitMs, ...fds.map((_, index) => index + 3)].map(String);
}

/** One file needs no word about which is busy; and a pipe costs a command a millisecond. */
function stdioOf(fds: readonly number[]): ('ignore' | 'pipe' | number)[] {
  return ['ignore', fds.length > 1 ? 'pipe' : 'ignore', 'ignore', ...fds];
}

function outcomeOf({ code, signal, text }: Answer, fds: readonly number[]): LockOutcome {
  if (code === 0) return 'locked';
  const busy = fds.length > 1 ? fds[Number(text.trim()) - 3] : fds[0];
  if (code === BUSY && busy !== undefined) return { busy };
  throw new BackendError('failed', `the helper could not lock: ${signal ?? `exit code ${code}`}`);
}

async function readText(stream: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}
