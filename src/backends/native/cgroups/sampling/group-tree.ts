/**
 * Which groups there are. The directories of cgroup trees count their subdirectories in st_nlink, as any file system does: so a
 * directory without any is not read, and one whose number is the same, and whose groups all live, has the same ones still.
 */
import { type PathLike, readdirSync, statSync } from 'node:fs';
import { pathIn } from './source-reading.ts';

/** Links of a directory that has no other in it. */
const LINKS_ALONE = 2;

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

/** The group and all below it. */
export function walkGroups(mount: string, group: string, found: FoundGroups): void {
  const links = linksOf(mount, group);
  if (links === 0) return;
  found.all.add(group);
  if (links === LINKS_ALONE) return;
  found.inner.add(group);
  for (const child of childrenOf(mount, group)) walkGroups(mount, child, found);
}

/**
 * The same for one hierarchy more: where its groups are the children of what has children elsewhere, as many as the kernel counts,
 * there are no others, and none needs to be looked at.
 * @param count how many groups the hierarchy has, its root apart; NaN if that is not known
 */
export function walkLikeOthers(mount: string, count: number, found: FoundGroups): void {
  const children = [...found.inner].flatMap((group) => childrenOf(mount, group));
  if (children.length !== count) walkGroups(mount, '', found);
  else for (const child of children) found.all.add(child);
}

function childrenOf(mount: string, group: string): readonly string[] {
  const names = groupsIn(mount, group);
  return group === '' ? names : names.map((name) => `${group}/${name}`);
}

/** So that what lies in a group comes right after it: a slash is before every other character. */
export function inTreeOrder(groups: Iterable<string>): readonly string[] {
  const keyed = [...groups].map((group) => ({ group, key: group.replaceAll('/', '\0') }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0)).map(({ group }) => group);
}

function directoryOf(mount: string, group: string): PathLike {
  return group === '' ? mount : pathIn(mount, '', group);
}
