/** Where two stacks of layers may differ: only what lies in layers that they do not share has to be looked at. */
import { BackendError } from '../../../backend.ts';
import { shortText } from '../storage-error.ts';
import { pathText } from '../trees/tree-entries.ts';
import type { TreeReader } from './tree-reader.ts';

/** Of all paths together; their memory is ours. A machine with a hundred thousand directories in one another has some GiB. */
const MOST_BYTES = 256 * 2 ** 20;

export interface StackPair {
  readonly from: readonly string[];
  readonly to: readonly string[];
}

/** Layers at the bottom that both have, as a number. */
export function sharedDepth({ from, to }: StackPair): number {
  let depth = 0;
  while (depth < from.length && depth < to.length && from.at(-1 - depth) === to.at(-1 - depth)) depth += 1;
  return depth;
}

/**
 * The paths at which the stacks may differ, depth first, names in byte order.
 * @param below relative; '' is the top
 */
export async function candidatesOf(
  reader: TreeReader,
  stacks: StackPair,
  below: string,
): Promise<readonly string[]> {
  const shared = sharedDepth(stacks);
  const own = [...unshared(stacks.from, shared), ...unshared(stacks.to, shared)];
  const paths = boundedSet(below);
  const cuts = new Set<string>();
  for (const layer of own) {
    for await (const entry of reader.scan(layer, below)) {
      paths.add(entry.path);
      if (entry.whiteout || entry.opaque || entry.type !== 'directory') cuts.add(entry.path);
    }
  }
  await addShownTrees(reader, stacks, [...cuts], paths);
  return [...paths.all].sort(inTreeOrder);
}

interface BoundedSet {
  readonly all: ReadonlySet<string>;
  /** @throws BackendError 'unsupported' when they are too much */
  add(path: string): void;
}

function boundedSet(first: string): BoundedSet {
  const all = new Set([first]);
  let bytes = 0;
  return {
    all,
    add(path) {
      if (all.has(path)) return;
      bytes += path.length;
      if (bytes > MOST_BYTES) throw tooLong(path);
      all.add(path);
    },
  };
}

function tooLong(path: string): BackendError {
  const shown = `/${shortText(pathText(path))}`;
  return new BackendError('unsupported', `there are too many long paths to compare them, like ${shown}`, {
    path: shown,
    hint: 'Give the path of a directory, to compare what is in that alone; or remove what is nested so deep.',
  });
}

function unshared(stack: readonly string[], shared: number): readonly string[] {
  return stack.slice(0, stack.length - shared);
}

/**
 * Where one state cuts off what lies below and the other shows a directory, what is in it may differ though no layer of their own
 * names it. (What is gone with its directory need not be named.)
 */
async function addShownTrees(
  reader: TreeReader,
  { from, to }: StackPair,
  cuts: readonly string[],
  paths: BoundedSet,
): Promise<void> {
  const after = await reader.find(to, cuts);
  const shown = cuts.filter((_, index) => after[index]?.type === 'directory');
  const layers = new Set([...from, ...to]);
  for (const path of shown) {
    for (const layer of layers) {
      for await (const entry of reader.scan(layer, path)) paths.add(entry.path);
    }
  }
}

/** A directory comes right before what is in it: the separator counts as less than any byte of a name. */
export function inTreeOrder(one: string, other: string): number {
  const end = Math.min(one.length, other.length);
  for (let index = 0; index < end; index += 1) {
    const [left, right] = [one.charCodeAt(index), other.charCodeAt(index)];
    if (left !== right) return rank(left) - rank(right);
  }
  return one.length - other.length;
}

const SEPARATOR = '/'.charCodeAt(0);

function rank(byte: number): number {
  return byte === SEPARATOR ? 0 : byte;
}
