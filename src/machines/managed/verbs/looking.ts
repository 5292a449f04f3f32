/** What is asked of a manager's machines, without changing anything. */
import type { MachineUsage } from '../../../backends/backend.ts';
import { guard } from '../../guards.ts';
import type { Part } from '../../verbs/part.ts';
import { checkManagedName, isManagedName } from '../images/image-names.ts';
import { requireMachine } from '../images/require-machine.ts';
import { listManaged, managedInfo } from '../looking/listing.ts';
import type { ManagedDomain } from '../managed-domain.ts';

type Looking =
  | 'names'
  | 'list'
  | 'info'
  | 'inspect'
  | 'usage'
  | 'openSampler'
  | 'plan'
  | 'autostartMachines'
  | 'layerSizes'
  | 'relatives'
  | 'diskUsage'
  | 'examineHost';

/** Of a machine that is down. */
const noUsage: MachineUsage = { memoryBytes: undefined, cpuUsec: undefined, tasks: undefined };

export function managedLookingVerbs(managed: ManagedDomain): Part<Looking> {
  const { manager } = managed;
  const found = async (name: string) => {
    checkManagedName(name);
    return requireMachine(await manager(), name);
  };
  return {
    names: () => guard(undefined, async () => (await (await manager()).views.names()).filter(isManagedName)),
    list: () => guard(undefined, async () => listManaged(await manager())),
    info: (name) => guard(name, async () => managedInfo(managed, name)),
    inspect: (name) =>
      guard(name, async () => {
        const { status } = await found(name);
        return 'pid' in status ? (await manager()).views.inspect(name) : null;
      }),
    usage: (name) =>
      guard(name, async () => {
        const machine = await found(name);
        return (await (await manager()).views.usageOfAll([machine])).get(name) ?? noUsage;
      }),
    openSampler: (scope, options) =>
      guard(undefined, async () => (await manager()).views.openSampler(scope, options)),
    plan: (name) =>
      guard(name, async () => (await import('../looking/start-steps.ts')).startSteps(managed, name)),
    autostartMachines: (choice) =>
      guard(undefined, async () =>
        (await import('../looking/autostart.ts')).managedAutostart(await manager(), choice),
      ),
    // Its files are one tree of its own.
    layerSizes: (name) => guard(name, () => found(name).then(() => [])),
    relatives: (name) => guard(name, () => found(name).then(() => [])),
    diskUsage: (name) =>
      guard(name, async () =>
        (await import('../looking/disk-usage.ts')).managedDiskUsage(await manager(), await found(name)),
      ),
    examineHost: () => guard(undefined, async () => (await manager()).examineHost()),
  };
}
