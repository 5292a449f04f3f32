/**
 * Which groups there are. The directories of cgroup trees count their subdirectories in st_nlink, as any file system does: so a
 * directory without any is not read, and one whose number is the same, and whose groups all live, has the same ones still.
 */
import { type PathLike, readdirSync, statSync } from 'node:fs';
import { pathIn } from './source-reading.ts';

/** Links of a directory that has no other in it. */
const LINKS_ALONE = 2;
/** Of so many beside each other one seldom has others in it. */
const CROWD = 16;

/** Names of the groups in a group, in latin1; none if it is gone. */
export function groupsIn(mount: string, group: string): readonly string[] {
  const path = directoryOf(mount, group);
  try {
    return readdirSync(path, { withFileTypes: true, encoding: 'latin1' })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}

/** 0 if it is gone. */
export function linksOf(mount: string, group: string): number {
  return statSync(directoryOf(mount, group), { throwIfNoEntry: false })?.nlink ?? 0;
}

export interface FoundGroups {
  readonly all: Set<string>;
  /** Those that have others in them. */
  readonly inner: Set<string>;
}

/**
 * Adds the groups of one hierarchy. Those that are likely to have others in them are read first, and as soon as there are as many as the
 * kernel counts, the rest can have none: a thousand groups beside each other cost one directory.
 * @param count how many groups the hierarchy has, its root apart; NaN if that is not known
 */
export function findGroups(mount: string, count: number, { all, inner }: FoundGroups): void {
  // What has groups in it elsewhere, what is not there, and what has none there or is one of many.
  const likely: string[] = [];
  const unknown: string[] = [''];
  const unlikely: string[] = [];
  let left = count;
  for (;;) {
    const group = likely.pop() ?? unknown.pop() ?? unlikely.pop();
    if (group === undefined || left <= 0) return;
    if (!inner.has(group) && linksOf(mount, group) <= LINKS_ALONE) continue;
    const children = childrenOf(mount, group);
    if (children.length > 0) inner.add(group);
    left -= children.length;
    const crowded = children.length > CROWD;
    for (const child of children) {
      (inner.has(child) ? likely : crowded || all.has(child) ? unlikely : unknown).push(child);
      all.add(child);
    }
  }
}

function childrenOf(mount: string, group: string): readonly string[] {
  const names = groupsIn(mount, group);
  return group === '' ? names : names.map((name) => `${group}/${name}`);
}

/** So that what lies in a group comes right after it: a slash is before every other character. */
export function inTreeOrder(groups: Iterable<string>): readonly string[] {
  // Strings by themselves are sorted without a call of ours for each comparison.
  return Array.from(groups, (group) => group.replaceAll('/', '\0'))
    .sort()
    .map((key) => key.replaceAll('\0', '/'));
}

function directoryOf(mount: string, group: string): PathLike {
  return group === '' ? mount : pathIn(mount, '', group);
}
