/** Where the groups of one machine lie in each hierarchy. */
import { type CgroupLayout, controllerVersion } from './layout.ts';

/** Controllers of the legacy hierarchies that limit, count and freeze machines. */
const USED_CONTROLLERS = ['memory', 'cpu', 'cpuacct', 'pids', 'freezer'] as const;
/** What the v2 tree does better wherever it is mounted: cgroup.freeze and cpu.stat. */
const REPLACED_BY_UNIFIED: ReadonlySet<string> = new Set(['cpuacct', 'freezer']);

/** All monitors share one group beside the machines': a monitor is not frozen or killed with its machine. */
export const MONITORS_GROUP = 'monitors';

/** Mount points of the legacy hierarchies that are used, each once. */
export function legacyMounts(layout: CgroupLayout): readonly string[] {
  const mounts = USED_CONTROLLERS.filter(
    (controller) => layout.unified === undefined || !REPLACED_BY_UNIFIED.has(controller),
  ).map((controller) => layout.legacy[controller]);
  return [...new Set(mounts.filter((mount) => mount !== undefined))];
}

/**
 * Mount points of all legacy hierarchies, the used ones first. A machine has a group in every one: its cgroup namespace
 * would show the others from the host's root on, and the machine's root may mount them, release_agent included
 * (CVE-2022-0492).
 */
export function allLegacyMounts(layout: CgroupLayout): readonly string[] {
  const all = [
    ...legacyMounts(layout),
    ...Object.values(layout.legacy),
    ...Object.values(layout.named ?? {}),
  ];
  const unusable = layout.cpuset === undefined ? layout.legacy['cpuset'] : undefined;
  return [...new Set(all)].filter((mount) => mount !== unusable);
}

/** Every directory that a machine has, unified first. */
export function groupDirectories(layout: CgroupLayout, parent: string, name: string): readonly string[] {
  return [...unifiedMounts(layout), ...allLegacyMounts(layout)].map((mount) => `${mount}/${parent}/${name}`);
}

/**
 * The group that all monitors share, in the hierarchies that are used: there is nobody to fence in. In a scope of systemd's
 * also where systemd on v1 counts the processes of its units: a monitor left in the session or service that started it
 * would be killed with that.
 */
export function monitorDirectories(layout: CgroupLayout, parent: string): readonly string[] {
  return [...unifiedMounts(layout), ...legacyMounts(layout), ...systemdMounts(layout, parent)].map(
    (mount) => `${mount}/${parent}/${MONITORS_GROUP}`,
  );
}

function systemdMounts({ named }: CgroupLayout, parent: string): readonly string[] {
  const mount = named?.['systemd'];
  return mount !== undefined && parent.includes('.slice/') ? [mount] : [];
}

/** Whether our groups lie in one that systemd manages. */
export function isUnderSlice(parent: string): boolean {
  return parent.split('/').some((component) => component.endsWith('.slice'));
}

function unifiedMounts({ unified }: CgroupLayout): readonly string[] {
  return unified === undefined ? [] : [unified];
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

export interface ControllerGroup {
  readonly version: 'unified' | 'legacy';
  /** Its directory. */
  readonly group: string;
}

/** Where a controller has a group; undefined on a host without that controller. */
export function controllerGroup(
  layout: CgroupLayout,
  controller: string,
  parent: string,
  name: string,
): ControllerGroup | undefined {
  const version = controllerVersion(layout, controller);
  const group =
    version === 'legacy' ? legacyGroup(layout, controller, parent, name) : unifiedGroup(layout, parent, name);
  return version === undefined || group === undefined ? undefined : { version, group };
}
