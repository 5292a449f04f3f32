/** What the helper does with trees of files (docs/launch-plan.md, "Trees"): no symbolic link of a tree is followed, no depth is too deep. */
import type { ChildProcess, StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import type { BackendError } from '../../backend.ts';
import { spawnHelper, waitForExit } from '../helper-client.ts';
import { decodeRecords, encodeRecords, type WireRecord } from '../records.ts';
import { refuseMounts } from './refuse-mounts.ts';
import { storageError } from './storage-error.ts';
import { decodeEntries, decodeFound, pathBytes, type TreeEntry } from './tree-entries.ts';

/** What `confined` and `view` exit with when the command was not run; then standard error is what `treeFailure` reads. */
export const NOT_RUN = 125;

/** More than a failure record or a number has. */
const ANSWER_LIMIT = 64 * 1024;

/** A stack of layers (absolute, top first; at most 500) or one tree, mounted over the directory `at` for one command only. */
export interface View {
  readonly layers: readonly string[];
  readonly at: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Rejects if the helper cannot be started. */
  readonly failed: Promise<never>;
}

/**
 * All that lies in the tree, its top first. Leaving the iteration early ends the helper.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export function scanTree(helperPath: string, path: string): AsyncGenerator<TreeEntry> {
  const running = spawnHelper(helperPath, ['scan', path], { stdio: ['ignore', 'pipe', 'pipe'] });
  return readEntries(running, path);
}

/** The same of layers as one tree, which has no whiteouts. */
export function scanView(helperPath: string, view: View): AsyncGenerator<TreeEntry> {
  const running = spawnView(helperPath, view, [helperPath, 'scan', '.'], ['ignore', 'pipe', 'pipe']);
  return readEntries(running, view.layers[0] ?? view.at);
}

/**
 * What a stack of layers (absolute, top first) shows at each of the paths (relative, a character a byte), in their order.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export async function findInStack(
  helperPath: string,
  stack: readonly string[],
  paths: readonly string[],
): Promise<readonly ((TreeEntry & { readonly layer: number }) | undefined)[]> {
  if (paths.length === 0) return [];
  const running = spawnHelper(helperPath, ['find', ...stack], { stdio: ['pipe', 'pipe', 'pipe'] });
  writePaths(running, paths);
  const found: ((TreeEntry & { readonly layer: number }) | undefined)[] = [];
  for await (const entry of readFrom(running, stack[0] ?? '', decodeFound)) found.push(entry);
  return found;
}

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
 * Moves all of a layer into the one directly below it. Both look the same together at every moment: what was killed, or aborted, is
 * finished by another call. Afterwards `upper` is empty. `deeper`: what lies below `lower`, top first, for then whiteouts that hide
 * nothing there are not kept; undefined if it is not known.
 * @throws BackendError 'helper-missing', 'permission', 'failed'; the signal's reason
 */
export async function mergeLayers(
  helperPath: string,
  upper: string,
  lower: string,
  options: {
    readonly deeper?: readonly string[] | undefined;
    readonly done?: (files: number) => void;
    readonly signal?: AbortSignal;
  } = {},
): Promise<void> {
  const { deeper, done, signal } = options;
  signal?.throwIfAborted();
  const lowest = deeper?.length === 0 ? ['--lowest'] : [];
  const args = ['merge', ...lowest, upper, lower, ...(deeper ?? [])];
  const running = spawnHelper(helperPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const abort = () => running.child.kill('SIGKILL');
  signal?.addEventListener('abort', abort);
  running.child.stdout?.on('data', (lines) => {
    const files = /done (\d+)\n$/.exec(String(lines))?.[1];
    if (files !== undefined) done?.(Number(files));
  });
  try {
    await finish(running, 'merge', upper);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
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
 * Makes an empty directory `made` with the owner, mode, time and attributes of another one, and syncs their file system if asked.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export async function makeDirectoryLike(
  helperPath: string,
  directory: string,
  made: string,
  options: { readonly sync: boolean },
): Promise<void> {
  const sync = options.sync ? ['--sync'] : [];
  await ask(helperPath, ['like', ...sync, directory, made], 'make', [made]);
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
 * Runs a command in a view to its end; what it says on standard error is the error.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export async function runInView(
  helperPath: string,
  view: View,
  command: readonly string[],
  task: { readonly action: string; readonly path: string; readonly signal?: AbortSignal },
): Promise<void> {
  const { action, path, signal } = task;
  signal?.throwIfAborted();
  const running = spawnView(helperPath, view, command, ['ignore', 'ignore', 'pipe']);
  const abort = () => running.child.kill('SIGKILL');
  signal?.addEventListener('abort', abort);
  try {
    await finish(running, action, path);
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
  }
}

/**
 * Deletes trees, however deep, unless something is mounted in one. What is not there is fine.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export async function removeTrees(helperPath: string, paths: readonly string[]): Promise<void> {
  paths.filter((path) => lstatSync(path, { throwIfNoEntry: false })?.isDirectory()).forEach(refuseMounts);
  await ask(helperPath, ['remove', ...paths], 'remove', paths);
}

/**
 * Runs a command in `directory`, outside of which it can write nothing: no file, no device, no network. Exits with the command's code,
 * 128+N for a signal, or NOT_RUN. Killing the child kills the command.
 */
export function spawnConfined(
  helperPath: string,
  directory: string,
  command: readonly string[],
  options: { readonly stdio: StdioOptions; readonly devices?: boolean },
): Running {
  const devices = options.devices === false ? ['--no-devices'] : [];
  return spawnHelper(helperPath, ['confined', ...devices, directory, '--', ...command], {
    stdio: options.stdio,
  });
}

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
  const running = spawnHelper(helperPath, ['view'], { stdio: [...stdio, 'pipe'] });
  const request = running.child.stdio[3] as Writable;
  // A helper that is gone does not read; its exit code says so.
  request.on('error', () => {});
  request.end(records);
  return running;
}

type StdioItem = 'pipe' | 'ignore' | 'inherit' | number;

/** NUL-ended, to what reads them from its standard input. Paths have a character a byte. */
export function writePaths({ child }: Running, paths: readonly string[]): void {
  // One that is gone does not read; its exit code says so.
  child.stdin?.on('error', () => {});
  child.stdin?.end(pathBytes(paths.map((path) => `${path}\0`).join('')));
}

/** What the helper said on standard error when it did not do `action` on `path`; `exit` if it said nothing. */
export function treeFailure(action: string, path: string, exit: string, said: Buffer): BackendError {
  const [syscall, code, at = '', tree = ''] = failureRecord(said)?.arguments ?? [];
  if (syscall === undefined) {
    const text = said.toString('utf8').trim();
    return storageError(action, path, { message: text === '' ? exit : text });
  }
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

function readEntries(running: Running, path: string): AsyncGenerator<TreeEntry> {
  return readFrom(running, path, decodeEntries);
}

async function* readFrom<Entry>(
  running: Running,
  path: string,
  decode: (stream: Readable) => AsyncGenerator<Entry>,
): AsyncGenerator<Entry> {
  const ended = finish(running, 'look through', path);
  ended.catch(() => {});
  try {
    yield* decode(running.child.stdout as Readable);
    await ended;
  } catch (error) {
    // A list cut off is no more than a sign of what the helper says itself.
    await ended;
    throw error;
  } finally {
    running.child.kill('SIGKILL');
  }
}

async function ask(
  helperPath: string,
  args: readonly string[],
  action: string,
  paths: readonly string[],
): Promise<string> {
  const running = spawnHelper(helperPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [answer] = await Promise.all([
    collect(running.child.stdout),
    finish(running, action, paths.join(', ')),
  ]);
  return answer.toString('utf8').trim();
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
