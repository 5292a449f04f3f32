/** Which cgroup hierarchies this host has and where: cgroups(7), and Documentation/admin-guide/cgroup-v2.rst. */
import { readFileSync } from 'node:fs';
import { parseMount } from '../inspection/mount-table.ts';

export interface CgroupLayout {
  /** unified: v2 alone; legacy: v1 alone; hybrid: v1 controllers beside a v2 tree. */
  readonly kind: 'unified' | 'hybrid' | 'legacy';
  /** Mount point of the v2 tree. */
  readonly unified: string | undefined;
  /** Controllers that the v2 tree has. */
  readonly unifiedControllers: readonly string[];
  /** v1 controllers (memory, cpu, pids, freezer ...) to their mount points; co-mounted ones share a mount point. */
  readonly legacy: Readonly<Record<string, string>>;
  /** Mount points of v1 hierarchies without a controller, by name: `systemd` on most hosts that have v1. */
  readonly named?: Readonly<Record<string, string>>;
  /** What the root of the v1 cpuset hierarchy has: a new group there is given the same before it can hold a process. */
  readonly cpuset?: Cpuset;
}

export interface Cpuset {
  readonly cpus: string;
  readonly mems: string;
}

/** Every v1 controller that the kernel knows: in super options they stand among flags such as `rw` and `xattr`. */
const LEGACY_CONTROLLERS = new Set([
  'blkio',
  'cpu',
  'cpuacct',
  'cpuset',
  'debug',
  'devices',
  'freezer',
  'hugetlb',
  'memory',
  'misc',
  'net_cls',
  'net_prio',
  'perf_event',
  'pids',
  'rdma',
]);

/**
 * Reads a layout from the text of /proc/self/mountinfo.
 * @param controllersOf what the v2 tree at a mount point offers (its cgroup.controllers)
 * @param cpusetOf what the v1 cpuset at a mount point has
 */
export function readLayout(
  mountinfo: string,
  controllersOf: (mountPoint: string) => readonly string[] = readControllers,
  cpusetOf: (mountPoint: string) => Cpuset = readCpuset,
): CgroupLayout {
  let unified: string | undefined;
  const legacy: Record<string, string> = {};
  const named: Record<string, string> = {};
  for (const line of mountinfo.split('\n')) {
    if (!line.includes(' - cgroup')) continue;
    const mount = parseMount(line);
    // The first mount wins: later ones are bind mounts of parts of the tree.
    if (mount?.type === 'cgroup2') unified ??= mount.path;
    if (mount?.type !== 'cgroup') continue;
    for (const option of mount.superOptions) {
      if (LEGACY_CONTROLLERS.has(option)) legacy[option] ??= mount.path;
      if (option.startsWith('name=')) named[option.slice('name='.length)] ??= mount.path;
    }
  }
  const kind = unified === undefined ? 'legacy' : Object.keys(legacy).length === 0 ? 'unified' : 'hybrid';
  return {
    kind,
    unified,
    unifiedControllers: unified === undefined ? [] : controllersOf(unified),
    legacy,
    named,
    ...(legacy['cpuset'] === undefined ? {} : { cpuset: cpusetOf(legacy['cpuset']) }),
  };
}

/** A file has a prefix where the hierarchy is mounted without `noprefix`: everywhere but on Android. */
function readCpuset(mountPoint: string): Cpuset {
  const read = (name: string) => readFileSync(`${mountPoint}/cpuset.${name}`, 'latin1').trim();
  return { cpus: read('cpus'), mems: read('mems') };
}

function readControllers(mountPoint: string): readonly string[] {
  return readFileSync(`${mountPoint}/cgroup.controllers`, 'utf8').split(/\s+/).filter(Boolean);
}

/** Where a controller's files are: the v1 mount wins, since a controller is in one hierarchy only. */
export function controllerVersion(
  layout: CgroupLayout,
  controller: string,
): 'legacy' | 'unified' | undefined {
  if (layout.legacy[controller === 'io' ? 'blkio' : controller] !== undefined) return 'legacy';
  return layout.unifiedControllers.includes(controller) ? 'unified' : undefined;
}
