import { BackendError } from '../../backend.ts';
import { readFreezeState } from '../cgroups/freezer.ts';
import { readEvents } from '../cgroups/group-events.ts';
import { MONITORS_GROUP, unifiedGroup } from '../cgroups/groups.ts';
import type { CgroupLayout } from '../cgroups/layout.ts';

/**
 * A monitor that is born into a frozen group says nothing before it is thawed, and the start would wait for that.
 * @throws BackendError 'frozen'
 */
export function requireThawedMonitors(layout: CgroupLayout, parent: string): void {
  const group = unifiedGroup(layout, parent, MONITORS_GROUP);
  // cgroup.events knows of a frozen group above, too.
  const frozen =
    group === undefined
      ? readFreezeState(layout, parent, MONITORS_GROUP) === 'frozen'
      : readEvents(group)?.frozen === true;
  if (!frozen) return;
  throw new BackendError('frozen', `nothing can start: the group ${parent}/${MONITORS_GROUP} is frozen`, {
    hint: `Thaw it, or the group above it that was frozen: ${
      group === undefined ? 'echo THAWED > freezer.state' : `echo 0 > ${group}/cgroup.freeze`
    }`,
  });
}
