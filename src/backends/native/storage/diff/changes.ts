/** The differences between two states of a machine's files. */
import type { FileAttributes, FileChange, FileState } from '../../../storage.ts';
import { pathText, type TreeEntry } from '../trees/tree-entries.ts';
import { candidatesOf, type StackPair } from './candidates.ts';
import { readContent } from './content.ts';
import type { FoundEntry, TreeReader } from './tree-reader.ts';

/** Paths that are looked up at once. */
const BATCH = 1_000;

/** What two states have at a path (a character a byte) that is not the same. */
export interface Difference {
  readonly path: string;
  readonly kind: FileChange['kind'] | 'time';
  readonly before: FoundEntry | undefined;
  readonly after: FoundEntry | undefined;
}

/** What lies below a path that is gone, or is no directory any more, is gone with it, and not told by itself. */
export async function* changesBetween(
  reader: TreeReader,
  from: FileState,
  to: FileState,
  below = '/',
): AsyncGenerator<FileChange, void, undefined> {
  for await (const { path, kind, before, after } of differencesBetween(reader, from, to, below)) {
    if (kind === 'time') continue;
    yield { path: `/${pathText(path)}`, kind, before: attributesOf(before), after: attributesOf(after) };
  }
}

/** As changesBetween, and where only the time of the last change differs. */
export async function* differencesBetween(
  reader: TreeReader,
  from: FileState,
  to: FileState,
  below = '/',
): AsyncGenerator<Difference, void, undefined> {
  const stacks = { from: stackOf(from), to: stackOf(to) };
  const paths = await candidatesOf(reader, stacks, inBytes(below.slice(1)));
  let gone: string | undefined;
  for (let start = 0; start < paths.length; start += BATCH) {
    const batch = paths.slice(start, start + BATCH);
    const before = await reader.find(stacks.from, batch);
    const after = await reader.find(stacks.to, batch);
    const isSame = await compareContent(reader, stacks, batch, before, after);
    for (const [index, path] of batch.entries()) {
      if (gone !== undefined && path.startsWith(gone)) continue;
      const kind = kindOf(before[index], after[index], isSame.get(path) ?? false);
      if (kind === undefined) continue;
      yield { path, kind, before: before[index], after: after[index] };
      if (before[index]?.type === 'directory' && after[index]?.type !== 'directory') gone = `${path}/`;
    }
  }
}

/** From UTF-8 to a character for each byte. */
export function inBytes(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Top first. */
export function stackOf({ driver, layers, tree }: FileState): readonly string[] {
  if (driver !== 'overlay') return tree === undefined ? [] : [tree];
  return tree === undefined ? layers : [tree, ...layers];
}

export async function hasPath(reader: TreeReader, state: FileState, path: string): Promise<boolean> {
  const [found] = await reader.find(stackOf(state), [inBytes(path.slice(1))]);
  return found !== undefined;
}

/** Undefined also for what is no regular file, or is longer. `path` is absolute. */
export async function readFileOf(
  reader: TreeReader,
  state: FileState,
  path: string,
  limit: number,
): Promise<Buffer | undefined> {
  const stack = stackOf(state);
  const relative = inBytes(path.slice(1));
  const [found] = await reader.find(stack, [relative]);
  if (found?.type !== 'file' || found.size > limit) return undefined;
  return readContent({ layer: stack[found.layer] ?? '', path: relative }, limit);
}

/** Of those paths where both states have a regular file of the same length, and not the same one. */
async function compareContent(
  reader: TreeReader,
  stacks: StackPair,
  paths: readonly string[],
  before: readonly (FoundEntry | undefined)[],
  after: readonly (FoundEntry | undefined)[],
): Promise<ReadonlyMap<string, boolean>> {
  const pairs = paths.flatMap((path, index) => {
    const [one, other] = [before[index], after[index]];
    if (one?.type !== 'file' || other?.type !== 'file') return [];
    if (one.inode === other.inode || one.size !== other.size) return [];
    return [{ path, layer: stacks.from[one.layer] ?? '', other: stacks.to[other.layer] ?? '' }];
  });
  const isSame = await reader.haveSameContent(pairs);
  return new Map(pairs.map(({ path }, index) => [path, isSame[index] ?? false]));
}

function kindOf(
  before: FoundEntry | undefined,
  after: FoundEntry | undefined,
  hasSameContent: boolean,
): Difference['kind'] | undefined {
  if (before === undefined) return after === undefined ? undefined : 'added';
  if (after === undefined) return 'deleted';
  if (before.inode === after.inode) return undefined;
  if (before.type !== after.type) return 'type';
  const isSame =
    before.type === 'file'
      ? hasSameContent
      : before.target === after.target && before.device === after.device;
  if (!isSame) return 'modified';
  if (!haveSameMetadata(before, after)) return 'metadata';
  return before.modifiedNs === after.modifiedNs ? undefined : 'time';
}

function haveSameMetadata(one: TreeEntry, other: TreeEntry): boolean {
  return (
    one.mode === other.mode && one.uid === other.uid && one.gid === other.gid && one.xattrs === other.xattrs
  );
}

function attributesOf(entry: FoundEntry | undefined): FileAttributes | undefined {
  if (entry === undefined) return undefined;
  const { type, mode, uid, gid, size } = entry;
  return { type, mode, uid, gid, size };
}
