/** What machines there are, and what they are at. */
import { BackendError, type ExitRecord } from '../../backend.ts';
import type { ManagedViews } from '../../manager/views.ts';
import type { NspawnContext } from '../context.ts';
import { unitOfMachine } from '../unit-name.ts';
import { readAddresses, readFacts, readMachineId } from './facts.ts';
import { readHostView } from './host-view.ts';
import { allMachines, findMachine, keptStates, machineNames } from './machines.ts';
import { readMainProcess, readStartCommand } from './main-process.ts';

export function createViews(context: NspawnContext, readHost = readHostView): ManagedViews {
  let known: ReturnType<typeof readHost> | undefined;
  const host = () => {
    known ??= readHost();
    return known;
  };
  const kernel = () => import('./kernel.ts');
  return {
    names: () => machineNames(context),
    all: () => allMachines(context, host()),
    find: (name) => findMachine(context, host(), name),
    keptStates: (name) => keptStates(context, name),
    facts: (name) => readFacts(context, name),
    machineId: (name) => readMachineId(context.machine1, name),
    async addressesOfAll(machines) {
      const live = machines.filter(({ status }) => 'pid' in status);
      const found = await Promise.all(live.map(({ name }) => readAddresses(context.machine1, name)));
      return new Map(live.map(({ name }, index) => [name, found[index] ?? []]));
    },
    startCommand: (name) => readStartCommand(context.systemd1, unitOfMachine(name)),
    async usage(name) {
      const machine = await findMachine(context, host(), name);
      if (machine === undefined || !('pid' in machine.status)) {
        throw new BackendError('not-running', `${name} is not running`);
      }
      return (await kernel()).usageOf(machine, host());
    },
    usageOfAll: async (machines) => (await kernel()).usageOfAll(machines, host()),
    lastExit: (name) => lastExit(context, unitOfMachine(name)),
    inspect: async (name) => (await kernel()).inspect(context, host(), name),
    remaining: async (name) => (await kernel()).readRemaining(context, host(), name),
    openSampler: async (scope, options) =>
      (await import('./sampler.ts')).openSampler({ context, host: host(), scope, ...options }),
  };
}

/** One that runs has a unit that is loaded, which knows what there is to know. */
async function lastExit({ systemd1 }: NspawnContext, unit: string): Promise<ExitRecord | undefined> {
  const main = await readMainProcess(systemd1, unit);
  if (main.lastExit !== undefined || main.pid !== 0) return main.lastExit;
  return (await import('./past-exit.ts')).pastExit(unit);
}
