/** Samples native machines: their groups lie in one, and their monitors write down what they are at. */
import type { SamplerRequest, UsageSampler } from '../../../usage.ts';
import type { Addon } from '../../addon.ts';
import { readStateFile } from '../../life/state-file.ts';
import type { HostView } from '../../life/status.ts';
import { hostGroups, machineGroups } from './discovery.ts';
import type { MachineState } from './group-sampling.ts';
import { openGroupSampler } from './sampler.ts';

export function openSampler(request: SamplerRequest, host: HostView, addon: Addon | undefined): UsageSampler {
  const { layout, cgroupParent: parent, procRoot } = host;
  const { scope, rates, few, runDirectoryOf } = request;
  return openGroupSampler({
    ...{ scope, rates, few, layout, procRoot, addon },
    discover: (mounts, looks) =>
      scope === 'host'
        ? hostGroups(mounts, layout, parent, procRoot, looks)
        : machineGroups(mounts[0] ?? '', parent),
    stateOf: (group, name) => {
      // One inside a machine may have the name of another one here.
      const runDirectory = group === `${parent}/${name}` ? runDirectoryOf(name) : undefined;
      return runDirectory === undefined ? undefined : () => readMachineState(runDirectory);
    },
  });
}

function readMachineState(runDirectory: string): MachineState | undefined {
  const state = readStateFile(runDirectory);
  if (state === undefined) return undefined;
  return { phase: state.phase, pid: state.phase === 'running' ? state.init?.pid : undefined };
}
