/** What the helper tells of trees, without changing anything: no symbolic link of a tree is followed, no depth is too deep. */
import type { Readable } from 'node:stream';
import { addonBeside, isFailure } from '../../addon.ts';
import { spawnHelper } from '../../helper-client.ts';
import type { FilePair } from '../diff/tree-reader.ts';
import {
  answerOf,
  askAtOnce,
  finish,
  pathsInput,
  type Running,
  recordedFailure,
  untilEnd,
  writePaths,
} from './helper-work.ts';
import { spawnView, type View } from './in-view.ts';
import { decodeEntries, decodeFound, type TreeEntry } from './tree-entries.ts';

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
 * The same for a few paths.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export async function findAtOnce(
  helperPath: string,
  stack: readonly string[],
  paths: readonly string[],
): Promise<readonly ((TreeEntry & { readonly layer: number }) | undefined)[]> {
  if (paths.length === 0) return [];
  const answer = findNow(helperPath, stack, pathsInput(paths));
  const found: ((TreeEntry & { readonly layer: number }) | undefined)[] = [];
  for await (const entry of decodeFound([answer])) found.push(entry);
  return found;
}

function findNow(helperPath: string, stack: readonly string[], paths: Buffer): Buffer {
  const [action, top] = ['look through', stack[0] ?? ''];
  const addon = addonBeside(helperPath);
  if (addon === undefined) return askAtOnce(helperPath, ['find', ...stack], action, top, paths);
  const answer = addon.find(stack, paths);
  if (isFailure(answer)) throw recordedFailure(action, top, answer);
  return answer;
}

/**
 * Whether regular files of two layers hold the same bytes, for each pair in their order; false where one is none. Holes cost nothing.
 * @throws BackendError 'helper-missing', 'permission', 'failed'
 */
export async function compareFiles(
  helperPath: string,
  pairs: readonly FilePair[],
): Promise<readonly boolean[]> {
  const answers = new Map<FilePair, boolean>();
  for (const group of groupsOf(pairs)) {
    const answer = await compareLayers(helperPath, group);
    for (const [index, pair] of group.entries()) answers.set(pair, answer[index] === '=');
  }
  return pairs.map((pair) => answers.get(pair) ?? false);
}

/** Of the same two layers. */
function groupsOf(pairs: readonly FilePair[]): readonly (readonly FilePair[])[] {
  const groups = new Map<string, FilePair[]>();
  for (const pair of pairs) {
    const key = `${pair.layer}\0${pair.other}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [pair]);
    else group.push(pair);
  }
  return [...groups.values()];
}

async function compareLayers(helperPath: string, pairs: readonly FilePair[]): Promise<string> {
  const [{ layer, other }] = pairs as readonly [FilePair];
  const running = spawnHelper(helperPath, ['compare', layer, other], { stdio: ['pipe', 'pipe', 'pipe'] });
  writePaths(
    running,
    pairs.map(({ path }) => path),
  );
  return await answerOf(running, 'compare files of', layer);
}

function readEntries(running: Running, path: string): AsyncGenerator<TreeEntry> {
  return readFrom(running, path, decodeEntries);
}

async function* readFrom<Entry>(
  running: Running,
  path: string,
  decode: (stream: Readable) => AsyncGenerator<Entry>,
): AsyncGenerator<Entry> {
  yield* untilEnd(running, decode(running.child.stdout as Readable), finish(running, 'look through', path));
}
