/**
 * Which groups there are. The directories of cgroup trees count their subdirectories in st_nlink, as any file system does: so a
 * directory without any is not read, and one whose number is the same, and whose groups all live, has the same ones still.
 */
import { type PathLike, readdirSync, statSync } from 'node:fs';
import type { Looks } from './looks.ts';
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

/** 0 if it is gone. What is made later under the same name has another one. */
export function inodeOf(mount: string, group: string): number {
  return statSync(directoryOf(mount, group), { throwIfNoEntry: false })?.ino ?? 0;
}

/** The first hierarchy that has the group: each that has it tells the same processes. '' if it is gone. */
export function hierarchyOf(mounts: readonly string[], group: string): string {
  return mounts.find((mount) => linksOf(mount, group) > 0) ?? '';
}

/** What is in a group. */
interface Inside {
  /** As they were read: hierarchies alike tell the same text, which is then the same groups. */
  readonly names: string;
  readonly groups: readonly string[];
}

export interface FoundGroups {
  readonly all: Set<string>;
  /** Those that have others in them. */
  readonly inner: Map<string, Inside>;
}

/**
 * Adds the groups of one hierarchy. Those that are likely to have others in them are read first, and as soon as there are as many as the
 * kernel counts, the rest can have none: a thousand groups beside each other cost one directory.
 * @param mount in latin1
 * @param count how many groups the hierarchy has, its root apart; NaN if that is not known
 */
export function findGroups(mount: string, count: number, found: FoundGroups, looks: Looks): void {
  // What has groups in it, here or elsewhere; what may have; and what has none elsewhere, or is one of many.
  const likely: string[] = [''];
  const unknown: string[] = [];
  const unlikely: string[] = [];
  let left = count;
  while (!(left <= 0)) {
    const group = likely.pop();
    if (group === undefined) {
      const next = unknown.length > 0 ? unknown : unlikely;
      if (next.length === 0) return;
      for (const other of withOthers(mount, next.splice(0), looks)) likely.push(other);
      continue;
    }
    const { groups, isNew } = lookInto(mount, group, found, looks);
    left -= groups.length;
    if (left <= 0) return;
    const others = isNew && groups.length <= CROWD ? unknown : unlikely;
    groups.forEach((inside) => {
      (found.inner.has(inside) ? likely : others).push(inside);
    });
  }
}

function withOthers(mount: string, groups: readonly string[], looks: Looks): readonly string[] {
  const links = new Int32Array(groups.length);
  looks.links(mount, `${groups.join('\0')}\0`, links);
  return groups.filter((_, index) => (links[index] as number) > LINKS_ALONE);
}

/** Adds what is in a group. What was found so in another hierarchy is nothing new. */
function lookInto(
  mount: string,
  group: string,
  { all, inner }: FoundGroups,
  looks: Looks,
): { readonly groups: readonly string[]; readonly isNew: boolean } {
  const names = looks.directories(`${mount}/${group}`);
  const known = inner.get(group);
  if (known?.names === names) return { groups: known.groups, isNew: false };
  const found = names.split('\0').slice(0, -1);
  const groups = group === '' ? found : found.map((name) => `${group}/${name}`);
  if (groups.length > 0) inner.set(group, { names, groups });
  groups.forEach((inside) => {
    all.add(inside);
  });
  return { groups, isNew: true };
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
