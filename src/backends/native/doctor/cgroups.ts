/** Whether machines can be placed, limited, measured and frozen here. */
import { accessSync, constants, existsSync } from 'node:fs';
import type { Finding } from '../../backend.ts';
import { allLegacyMounts } from '../cgroups/groups.ts';
import { type CgroupLayout, controllerVersion } from '../cgroups/layout.ts';
import type { Examination } from './context.ts';

const LAYOUT_NAMES: Readonly<Record<CgroupLayout['kind'], string>> = {
  unified: 'unified (v2)',
  hybrid: 'hybrid (v1 controllers beside a v2 tree)',
  legacy: 'legacy (v1)',
};

const USES = [
  { controller: 'memory', use: 'memory.max and memory readings' },
  { controller: 'cpu', use: 'cpu.max' },
  { controller: 'pids', use: 'pids.max and task counts' },
] as const;

export function examineCgroups({ layout, cgroupParent }: Examination): readonly Finding[] {
  if (layout.unified === undefined && Object.keys(layout.legacy).length === 0) {
    return [
      {
        subject: 'cgroups',
        verdict: 'problem',
        detail: 'no cgroup hierarchy is mounted',
        fix: 'mount -t cgroup2 none /sys/fs/cgroup',
      },
    ];
  }
  return [
    { subject: 'cgroups', verdict: 'ok', detail: `${LAYOUT_NAMES[layout.kind]}, ours under ${cgroupParent}` },
    ...USES.map(({ controller, use }) => examineController(layout, controller, use)),
    examineFreezer(layout),
    ...examineWritable(layout, cgroupParent),
  ];
}

function examineController(layout: CgroupLayout, controller: string, use: string): Finding {
  const subject = `cgroup controller ${controller}`;
  const version = controllerVersion(layout, controller);
  if (version !== undefined) {
    return {
      subject,
      verdict: 'ok',
      detail: version === 'unified' ? 'v2' : `v1 at ${layout.legacy[controller]}`,
    };
  }
  const unused = layout.kind === 'hybrid' || layout.kind === 'legacy';
  return {
    subject,
    verdict: 'warning',
    detail: `missing: no ${use}`,
    fix: unused
      ? `mount -t cgroup -o ${controller} none /sys/fs/cgroup/${controller}, or boot with v2 alone (cgroup_no_v1=all)`
      : `boot with cgroup_enable=${controller}, or have the parent group enable it in cgroup.subtree_control`,
  };
}

function examineFreezer(layout: CgroupLayout): Finding {
  const subject = 'freeze and kill';
  if (layout.unified !== undefined)
    return { subject, verdict: 'ok', detail: 'v2: cgroup.freeze, cgroup.kill' };
  if (layout.legacy['freezer'] !== undefined) {
    return { subject, verdict: 'ok', detail: 'v1: the freezer controller; killing goes process by process' };
  }
  return {
    subject,
    verdict: 'warning',
    detail: 'no freezer: machines cannot be frozen',
    fix: 'mkdir -p /sys/fs/cgroup/unified && mount -t cgroup2 none /sys/fs/cgroup/unified',
  };
}

/** The nearest existing ancestor of our parent must be writable, in each hierarchy. */
function examineWritable(layout: CgroupLayout, parent: string): readonly Finding[] {
  const mounts = [...(layout.unified === undefined ? [] : [layout.unified]), ...allLegacyMounts(layout)];
  return mounts
    .map((mount) => nearestExisting(mount, parent))
    .filter((directory) => !isWritable(directory))
    .map((directory) => ({
      subject: 'cgroup parent',
      verdict: 'problem',
      detail: `${directory} is not writable for us: no machine can be started`,
      fix: 'Run as root; in a container, have the cgroup tree delegated (mounted read-write).',
    }));
}

function nearestExisting(mount: string, parent: string): string {
  let group = `${mount}/${parent}`;
  while (group.length > mount.length && !existsSync(group)) group = group.slice(0, group.lastIndexOf('/'));
  return group;
}

function isWritable(directory: string): boolean {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
