/** The cgroup part of a launch plan. */
import type { CgroupLimits } from '../../limits.ts';
import { type Operation, operation } from '../operations.ts';
import {
  allLegacyMounts,
  groupDirectories,
  isUnderSlice,
  monitorDirectories,
  unifiedGroup,
} from './groups.ts';
import { type CgroupLayout, controllerVersion } from './layout.ts';
import { limitWrites } from './limits.ts';

/** What machines are given in the v2 tree, as far as the host has it. */
const ENABLED_CONTROLLERS = ['cpu', 'cpuset', 'io', 'memory', 'pids'] as const;
/** Files that an init must own to manage its subtree: "Delegation" in cgroup-v2.rst, and memory.oom.group as runc. */
const DELEGATED_FILES = ['cgroup.procs', 'cgroup.threads', 'cgroup.subtree_control', 'memory.oom.group'];

/**
 * All cgroup operations of a start: groups made and limited, the monitor's group, where init is born, what is killed
 * and what is delegated. Sorted by rank; `cgroup-delegate` (rank 3) comes last.
 * @param parent the group ours sit under, for example `tsmachine`; relative to each hierarchy's root
 * @param idMapped whether the machine has its own ids: then its v2 group is delegated to its root
 * @param programs of the groups that are made here
 */
export function placementOperations(
  layout: CgroupLayout,
  parent: string,
  name: string,
  limits: CgroupLimits,
  idMapped: boolean,
  programs: readonly Operation[] = [],
): readonly Operation[] {
  const unified = unifiedGroup(layout, parent, name);
  return [
    ...(layout.unified === undefined ? [] : unifiedParents(layout, layout.unified, parent, limits)),
    ...allLegacyMounts(layout).flatMap((mount) =>
      // systemd makes its slices and scopes only in the v1 hierarchies that it needs at the moment.
      ancestors(parent).flatMap((ancestor) => makeLegacyGroup(layout, mount, ancestor)),
    ),
    ...(unified === undefined ? [] : boundedGroup(unified)),
    ...allLegacyMounts(layout).flatMap((mount) => makeLegacyGroup(layout, mount, `${parent}/${name}`)),
    ...limitWrites(layout, parent, name, limits).map(({ path, value, optional }) =>
      operation('cgroup-write', path, value, ...(optional === true ? ['optional'] : [])),
    ),
    ...programs,
    ...monitorDirectories(layout, parent).map((group) => operation('cgroup-monitor', group)),
    ...groupDirectories(layout, parent, name).map((group) =>
      operation('cgroup-payload', group, group === unified ? 'unified' : 'legacy'),
    ),
    ...(unified === undefined ? [] : [operation('cgroup-kill', unified)]),
    // A v1 group is never delegated: its controllers are not safe in the hands of the unprivileged.
    ...(unified !== undefined && idMapped ? [operation('cgroup-delegate', unified, ...DELEGATED_FILES)] : []),
  ];
}

/**
 * A machine makes groups of its own below. Without an end to that, thousands in one another keep the kernel busy for
 * minutes, and the host from removing them. Room enough for machines in machines in machines, each with systemd.
 */
const LARGEST_DEPTH = 64;
const MOST_DESCENDANTS = 10_000;

function boundedGroup(path: string): readonly Operation[] {
  return [
    operation('cgroup-create', path),
    operation('cgroup-write', `${path}/cgroup.max.depth`, LARGEST_DEPTH),
    operation('cgroup-write', `${path}/cgroup.max.descendants`, MOST_DESCENDANTS),
  ];
}

/** A cpuset group is born without processors and memory, and takes no process before it has some: cpuset(7). */
function makeLegacyGroup(layout: CgroupLayout, mount: string, group: string): readonly Operation[] {
  const path = `${mount}/${group}`;
  const cpuset = mount === layout.legacy['cpuset'] ? layout.cpuset : undefined;
  return [
    operation('cgroup-create', path),
    ...(cpuset === undefined
      ? []
      : [
          operation('cgroup-write', `${path}/cpuset.cpus`, cpuset.cpus),
          operation('cgroup-write', `${path}/cpuset.mems`, cpuset.mems),
        ]),
  ];
}

/** Groups from the root down to the parent, each made before its controllers are enabled for the next. */
function unifiedParents(
  layout: CgroupLayout,
  mount: string,
  parent: string,
  limits: CgroupLimits,
): readonly Operation[] {
  // Systemd delegates no huge pages, and without the others there would be no start.
  const wanted =
    limits['hugetlb.max'] === undefined ? ENABLED_CONTROLLERS : [...ENABLED_CONTROLLERS, 'hugetlb'];
  const controllers = wanted.filter((controller) => controllerVersion(layout, controller) === 'unified');
  const enable = controllers.map((controller) => `+${controller}`).join(' ');
  return controlledGroups(parent).flatMap((group) => [
    ...(group === '' ? [] : [operation('cgroup-create', `${mount}/${group}`)]),
    ...(enable === ''
      ? []
      : [operation('cgroup-write', join(mount, group, 'cgroup.subtree_control'), enable)]),
  ]);
}

/** Groups that pass controllers on to ours: systemd does it in its slices itself; else the root's are ours to enable. */
export function controlledGroups(parent: string): readonly string[] {
  return isUnderSlice(parent) ? ownAncestors(parent) : ['', ...ownAncestors(parent)];
}

function join(mount: string, group: string, file: string): string {
  return group === '' ? `${mount}/${file}` : `${mount}/${group}/${file}`;
}

/** What lies in a systemd slice belongs to systemd: ours begins below the last one. */
function ownAncestors(parent: string): readonly string[] {
  const components = parent.split('/');
  return ancestors(parent).filter(
    (_, index) => !components.slice(index).some((component) => component.endsWith('.slice')),
  );
}

/** `a/b` is `a`, then `a/b`. */
function ancestors(parent: string): readonly string[] {
  const components = parent.split('/');
  return components.map((_, index) => components.slice(0, index + 1).join('/'));
}
