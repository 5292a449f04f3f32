/** Which groups are sampled: those of machines, or all of the host. Asked before each sample, answered from memory while nothing came or went. */
import { readFileSync } from 'node:fs';
import { MONITORS_GROUP } from '../groups.ts';
import type { CgroupLayout } from '../layout.ts';
import { type FoundGroups, findGroups, groupsIn, inTreeOrder, linksOf } from './group-tree.ts';
import { bytesAsText, type Looks, looksByNode } from './looks.ts';

export interface Discovery {
  /**
   * Paths below the mounts, in the order of a tree.
   * @param lost whether a group has gone since the last call
   */
  readonly groups: (at: number, lost: boolean) => readonly string[];
  /** The name that a machine would have whose group this is; undefined if it is no machine's. */
  readonly machineName: (group: string) => string | undefined;
}

export function machineGroups(mount: string, parent: string): Discovery {
  let links = -1;
  let known: readonly string[] = [];
  return {
    groups: (_, lost) => {
      const now = linksOf(mount, parent);
      if (now !== links || lost) {
        links = now;
        known = inTreeOrder(
          groupsIn(mount, parent)
            .filter((name) => name !== MONITORS_GROUP)
            .map((name) => `${parent}/${name}`),
        );
      }
      return known;
    },
    machineName: (group) => group.slice(parent.length + 1),
  };
}

/** How old the list of all groups may be, in seconds: the kernel's counts do not tell of one that came while another one went. */
const WALK_AGAIN_S = 5;

/** @param mounts of all hierarchies that something is sampled in: a group need not be in each of them */
export function hostGroups(
  mounts: readonly string[],
  layout: CgroupLayout,
  parent: string,
  procRoot = '/proc',
  looks: Looks = looksByNode,
): Discovery {
  let walkedAt = Number.NEGATIVE_INFINITY;
  let counts = '';
  let known: readonly string[] = [];
  let ours: ReadonlySet<string> = new Set();
  return {
    groups: (at, lost) => {
      const now = groupCounts(mounts, procRoot);
      if (now !== counts || lost || at - walkedAt > WALK_AGAIN_S) {
        counts = now;
        walkedAt = at;
        known = inTreeOrder(findAll(mounts, (mount) => countIn(now, layout, mount), looks));
        ours = new Set(known.filter(isOfMonitors).map(groupAbove));
      }
      return known;
    },
    machineName: (group) => {
      const above = groupAbove(group);
      if (above !== parent && !ours.has(above)) return undefined;
      const name = group.slice(group.lastIndexOf('/') + 1);
      return name === MONITORS_GROUP ? undefined : name;
    },
  };
}

function findAll(
  mounts: readonly string[],
  countOf: (mount: string) => number,
  looks: Looks,
): ReadonlySet<string> {
  const found: FoundGroups = { all: new Set(), inner: new Map() };
  for (const mount of mounts) {
    if (linksOf(mount, '') === 0) continue;
    found.all.add('');
    findGroups(bytesAsText(mount), countOf(mount), found, looks);
  }
  return found.all;
}

/**
 * The root apart. Of v2 from cgroup.stat; of a v1 hierarchy from /proc/cgroups, `NAME HIERARCHY GROUPS ENABLED`, the root and what is about
 * to go counted as well.
 */
function countIn(counts: string, { unified, legacy }: CgroupLayout, mount: string): number {
  if (mount === unified) return Number(/^nr_descendants (\d+)$/m.exec(counts)?.[1]);
  const controller = Object.keys(legacy).find((name) => legacy[name] === mount);
  return Number(new RegExp(`^${controller}\\t\\d+\\t(\\d+)\\t`, 'm').exec(counts)?.[1]) - 1;
}

/** A group that has one for monitors is where a tsmachine keeps its machines: this one, or one that runs inside a machine. */
function isOfMonitors(group: string): boolean {
  return group.endsWith(`/${MONITORS_GROUP}`);
}

function groupAbove(group: string): string {
  return group.slice(0, Math.max(0, group.lastIndexOf('/')));
}

/** How many groups each hierarchy has: "Core Interface Files" (cgroup.stat), and cgroups(7) for /proc/cgroups. */
function groupCounts(mounts: readonly string[], procRoot: string): string {
  return [`${procRoot}/cgroups`, ...mounts.map((mount) => `${mount}/cgroup.stat`)].map(read).join('\n');
}

function read(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
