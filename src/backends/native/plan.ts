/**
 * The launch plan of a machine: every act of a start, decided before any of it is done. Pure: the same spec on the
 * same host gives the same plan, so it can be printed, compared, kept and tested without root.
 */
import type { MachineHandle } from '../backend.ts';
import { programOperations } from './cgroups/machine-limits.ts';
import { placementOperations } from './cgroups/placement.ts';
import type { HostFacts } from './host-facts.ts';
import { type LaunchPlan, type Operation, OUTSIDE_RANKS, operation } from './operations.ts';
import { confinement } from './plan/confinement.ts';
import { devices } from './plan/devices.ts';
import { execution } from './plan/execution.ts';
import { guards } from './plan/guards.ts';
import { idMaps, namespaces } from './plan/namespaces.ts';
import { nestingMounts } from './plan/nesting.ts';
import { ROOT_SLOT, rootMount } from './plan/root.ts';
import { runtimeFiles } from './plan/runtime-files.ts';
import { systemMounts } from './plan/system-mounts.ts';
import { hostTrees, userMounts } from './plan/user-mounts.ts';
import { limitedPageSizes } from './watching/readings.ts';
import { watchOperations } from './watching/watch-operations.ts';

export type SelfArgv = (...words: readonly string[]) => readonly string[];

/**
 * @param selfArgv this program, as the monitor runs it, for some words of the command line
 * @throws BackendError when the spec asks for what cannot be: an unknown capability, seccomp without a filter for
 *   this processor or without the right to load one, a mount where none may be
 */
export function buildPlan(machine: MachineHandle, host: HostFacts, selfArgv: SelfArgv): LaunchPlan {
  return {
    name: machine.spec.name,
    machine: [...supervision(machine, selfArgv), ...watching(machine, host, selfArgv)],
    outside: outside(machine, host),
    inside: inside(machine, host),
  };
}

function supervision(machine: MachineHandle, selfArgv: SelfArgv): readonly Operation[] {
  return [
    operation('run-directory', machine.runDirectory),
    operation('console-log', `${machine.directory}/console.log`, machine.spec.consoleLogBytes),
    operation('exit-record', `${machine.directory}/exit`),
    operation('on-exit', ...selfArgv('internal', 'exited', machine.spec.name)),
    operation('on-terminate', ...selfArgv('internal', 'terminate', machine.spec.name)),
    operation('plan-file', `${machine.directory}/plan`),
  ];
}

function watching({ spec }: MachineHandle, host: HostFacts, selfArgv: SelfArgv): readonly Operation[] {
  const { layout, cgroupParent, pressureSupport } = host;
  return [
    operation('on-event', ...selfArgv('internal', 'event', spec.name)),
    ...watchOperations(
      layout,
      cgroupParent,
      spec.name,
      spec.pressure,
      pressureSupport,
      limitedPageSizes(spec),
    ),
  ];
}

function outside(machine: MachineHandle, host: HostFacts): readonly Operation[] {
  const { spec } = machine;
  const operations = [
    ...namespaces(spec, host),
    ...idMaps(spec, host),
    ...placementOperations(
      host.layout,
      host.cgroupParent,
      spec.name,
      spec.limits,
      !spec.privileged,
      programOperations(spec, host),
    ),
    rootMount(machine),
    ...hostTrees(spec),
  ];
  // Groups come first but are delegated to the mapped root: one chapter, two places. The sort is stable.
  return operations.toSorted((a, b) => outsideRank(a) - outsideRank(b));
}

function outsideRank({ operation: name }: Operation): number {
  return OUTSIDE_RANKS[name as keyof typeof OUTSIDE_RANKS];
}

/** Guards come after all mounts, so that nothing mounted later uncovers what they hide. */
function inside({ spec }: MachineHandle, host: HostFacts): readonly Operation[] {
  return [
    operation('root', ROOT_SLOT),
    ...systemMounts(),
    ...devices(host),
    ...runtimeFiles(spec),
    ...nestingMounts(spec),
    ...userMounts(spec),
    ...guards(),
    operation('pivot-root'),
    operation('propagation', 'shared'),
    ...confinement(spec, host),
    ...execution(spec),
  ];
}
