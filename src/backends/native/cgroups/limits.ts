/** Limits in v2 names become writes of the files that this host has. */
import { BackendError, type CgroupLimits } from '../../backend.ts';
import { cpuWrites } from './cpu.ts';
import { legacyGroup, unifiedGroup } from './groups.ts';
import { type CgroupLayout, controllerVersion } from './layout.ts';
import { memoryWrites } from './memory.ts';
import { pidsWrites } from './pids.ts';

const CONTROLLERS = [
  { name: 'memory', limit: 'memory.max', writes: memoryWrites },
  { name: 'cpu', limit: 'cpu.max', writes: cpuWrites },
  {
    name: 'pids',
    limit: 'pids.max',
    writes: (_version: 'unified' | 'legacy', limits: CgroupLimits) => pidsWrites(limits),
  },
] as const;

/**
 * Paths and values, in the order of writing.
 * @throws BackendError 'unsupported' for a limit whose controller this host lacks: never silently without it
 */
export function limitWrites(
  layout: CgroupLayout,
  parent: string,
  name: string,
  limits: CgroupLimits,
): readonly { readonly path: string; readonly value: string }[] {
  return CONTROLLERS.flatMap((controller) => {
    if (limits[controller.limit] === undefined) return [];
    const version = controllerVersion(layout, controller.name);
    const group =
      version === 'legacy'
        ? legacyGroup(layout, controller.name, parent, name)
        : unifiedGroup(layout, parent, name);
    if (version === undefined || group === undefined)
      throw missingController(controller.name, controller.limit);
    return controller
      .writes(version, limits)
      .map((write) => ({ path: `${group}/${write.file}`, value: write.value }));
  });
}

function missingController(controller: string, limit: string): BackendError {
  return new BackendError('unsupported', `${limit}: this host has no ${controller} cgroup controller`, {
    hint: `Boot with the ${controller} controller enabled (see 'tsmachine doctor'), or remove the limit.`,
  });
}
