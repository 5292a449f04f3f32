/** Where the groups of one machine lie in each hierarchy. */
import type { CgroupLayout } from './layout.ts';

/** Controllers of the legacy hierarchies that machines are placed in. */
const PLACED_CONTROLLERS = ['memory', 'cpu', 'cpuacct', 'pids', 'freezer'] as const;
/** What the v2 tree does better wherever it is mounted: cgroup.freeze and cpu.stat. */
const REPLACED_BY_UNIFIED: ReadonlySet<string> = new Set(['cpuacct', 'freezer']);

/** All monitors share one group beside the machines': a monitor is not frozen or killed with its machine. */
export const MONITORS_GROUP = 'monitors';

/** Mount points of the legacy hierarchies that are used, each once. */
export function legacyMounts(layout: CgroupLayout): readonly string[] {
  const mounts = PLACED_CONTROLLERS.filter(
    (controller) => layout.unified === undefined || !REPLACED_BY_UNIFIED.has(controller),
  ).map((controller) => layout.legacy[controller]);
  return [...new Set(mounts.filter((mount) => mount !== undefined))];
}

/** Every directory that a machine has, unified first. */
export function groupDirectories(layout: CgroupLayout, parent: string, name: string): readonly string[] {
  const mounts = layout.unified === undefined ? [] : [layout.unified];
  return [...mounts, ...legacyMounts(layout)].map((mount) => `${mount}/${parent}/${name}`);
}

/** The v2 directory of a group, or undefined on a legacy host. */
export function unifiedGroup(layout: CgroupLayout, parent: string, name: string): string | undefined {
  return layout.unified === undefined ? undefined : `${layout.unified}/${parent}/${name}`;
}

/** The directory with a controller's v1 files, or undefined if that controller is not mounted as v1. */
export function legacyGroup(
  layout: CgroupLayout,
  controller: string,
  parent: string,
  name: string,
): string | undefined {
  const mount = layout.legacy[controller];
  return mount === undefined ? undefined : `${mount}/${parent}/${name}`;
}
