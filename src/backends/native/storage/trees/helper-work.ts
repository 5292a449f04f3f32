/** How the helper is run for work on trees (docs/launch-plan.md, "Trees"), and what it says when that fails. */
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { BackendError } from '../../../backend.ts';
import { runHelperAtOnce, spawnHelper, waitForExit } from '../../helper-client.ts';
import { decodeRecords, type WireRecord } from '../../records.ts';
import { storageError } from '../storage-error.ts';
import { pathBytes } from './tree-entries.ts';

/** More than a failure record or a number has. */
const ANSWER_LIMIT = 64 * 1024;

export interface Running {
  readonly child: ChildProcess;
  /** Rejects if the helper cannot be started. */
  readonly failed: Promise<never>;
}

/** NUL-ended, for what reads them from its standard input. Paths have a character a byte. */
export function pathsInput(paths: readonly string[]): Buffer {
  return pathBytes(paths.map((path) => `${path}\0`).join(''));
}

/** The same, to one that runs. */
export function writePaths({ child }: Running, paths: readonly string[]): void {
  // One that is gone does not read; its exit code says so.
  child.stdin?.on('error', () => {});
  child.stdin?.end(pathsInput(paths));
}

/**
 * Waits for a helper's end, and kills it when the signal is aborted.
 * @throws BackendError unless it exits with 0; the signal's reason
 */
export async function finishOrAbort(
  running: Running,
  {
    action,
    path,
    signal,
  }: { readonly action: string; readonly path: string; readonly signal?: AbortSignal | undefined },
): Promise<void> {
  const abort = () => running.child.kill('SIGKILL');
  signal?.addEventListener('abort', abort);
  if (signal?.aborted) abort();
  try {
    await finish(running, action, path);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/** What the helper said on standard error when it did not do `action` on `path`; `exit` if it said nothing. */
export function treeFailure(action: string, path: string, exit: string, said: Buffer): BackendError {
  const record = failureRecord(said)?.arguments ?? [];
  if (record[0] !== undefined) return recordedFailure(action, path, record);
  const text = said.toString('utf8').trim();
  return storageError(action, path, { message: text === '' ? exit : text });
}

/** Of a failure record, the addon's too. */
export function recordedFailure(action: string, path: string, record: readonly string[]): BackendError {
  const [syscall = '', code = '', at = '', tree = ''] = record;
  const top = tree.startsWith('/') ? tree : path;
  return storageError(action, at === '' ? top : resolve(top, at), { code, syscall });
}

function failureRecord(said: Buffer): WireRecord | undefined {
  try {
    return decodeRecords(said).find(({ name }) => name === 'failed');
  } catch {
    return undefined;
  }
}

/**
 * What a helper prints.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export async function ask(
  helperPath: string,
  args: readonly string[],
  action: string,
  paths: readonly string[],
): Promise<string> {
  const running = spawnHelper(helperPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  return await answerOf(running, action, paths.join(', '));
}

/**
 * The same of one that ends within a few milliseconds: nothing else goes on meanwhile.
 * @param input what it reads from its standard input
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export function askAtOnce(
  helperPath: string,
  args: readonly string[],
  action: string,
  path: string,
  input: Buffer = Buffer.alloc(0),
): Buffer {
  const { code, signal, output, complaint } = runHelperAtOnce(helperPath, args, { stdio: 'pipe', input });
  if (code !== 0) throw treeFailure(action, path, signal ?? `exit code ${code}`, complaint);
  return output;
}

/** @throws as finish */
export async function answerOf(running: Running, action: string, path: string): Promise<string> {
  const [answer] = await Promise.all([readAnswer(running), finish(running, action, path)]);
  return answer;
}

/** Whole only if the helper ends well. */
export async function readAnswer({ child }: Running): Promise<string> {
  return (await collect(child.stdout)).toString('utf8').trim();
}

/**
 * What is made of a program's output, then its end; `ended` rejects where it failed. What was cut off is no more than a sign of what the
 * program says itself. Leaving the iteration early kills it.
 */
export async function* untilEnd<T>(
  { child }: Running,
  output: AsyncIterable<T>,
  ended: Promise<void>,
): AsyncGenerator<T> {
  ended.catch(() => {});
  try {
    yield* output;
    await ended;
  } catch (error) {
    await ended;
    throw error;
  } finally {
    child.kill('SIGKILL');
  }
}

/** @throws BackendError unless it exits with 0; what it said on standard error is why */
export async function finish({ child, failed }: Running, action: string, path: string): Promise<void> {
  const [said, { code, signal }] = await Promise.race([
    Promise.all([collect(child.stderr), waitForExit(child)]),
    failed,
  ]);
  if (code !== 0) throw treeFailure(action, path, signal ?? `exit code ${code}`, said);
}

async function collect(stream: Readable | null): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  stream?.on('data', (chunk: Buffer) => {
    if (length < ANSWER_LIMIT) chunks.push(chunk);
    length += chunk.length;
  });
  if (stream !== null) await once(stream, 'close');
  return Buffer.concat(chunks);
}
