/** Samples the groups of machines that machined knows. Loaded lazily: `top` and the dashboard alone need it. */
import { addonBeside } from '../../native/addon.ts';
import { type Discovery, hostGroups } from '../../native/cgroups/sampling/discovery.ts';
import { inTreeOrder } from '../../native/cgroups/sampling/group-tree.ts';
import type { Looks } from '../../native/cgroups/sampling/looks.ts';
import { openGroupSampler } from '../../native/cgroups/sampling/sampler.ts';
import { workForFewSamples } from '../../native/few-samples.ts';
import { readSmallFile } from '../../native/life/small-file.ts';
import type { SamplerOptions, SampleScope, UsageSampler } from '../../usage.ts';
import type { NspawnContext } from '../context.ts';
import { machineOfUnit } from '../unit-name.ts';
import { type GroupDirectory, openGroupDirectory } from './group-directory.ts';
import type { HostView } from './host-view.ts';

export interface SamplerRequest extends SamplerOptions {
  readonly context: NspawnContext;
  readonly host: HostView;
  readonly scope: SampleScope;
}

export async function openSampler({
  context,
  host,
  scope,
  rates,
  few,
}: SamplerRequest): Promise<UsageSampler> {
  const { layout, procRoot } = host;
  const addon = addonBeside(context.folders.helperPath);
  if (few === true) await workForFewSamples(addon);
  const directory = await openGroupDirectory(context, host, rates);
  const sampler = openGroupSampler({
    ...{ scope, rates, few, layout, procRoot, addon },
    discover: (mounts, looks) =>
      scope === 'host' ? allGroups(directory, mounts, host, looks) : machineGroups(directory),
    stateOf: (group) => () => directory.groups().get(group)?.state,
  });
  return {
    ...sampler,
    close: () => {
      directory.close();
      sampler.close();
    },
  };
}

function machineGroups(directory: GroupDirectory): Discovery {
  let known: ReturnType<GroupDirectory['groups']> | undefined;
  let paths: readonly string[] = [];
  return {
    groups: () => {
      const now = directory.groups();
      if (now !== known) paths = inTreeOrder(now.keys());
      known = now;
      return paths;
    },
    machineName: (group) => directory.groups().get(group)?.machine,
  };
}

/** A group is there a moment before machined knows whose it is: then its unit's name tells. */
function allGroups(
  directory: GroupDirectory,
  mounts: readonly string[],
  host: HostView,
  looks: Looks,
): Discovery {
  const { groups } = hostGroups(mounts, host.layout, '', host.procRoot, looks);
  return {
    groups,
    machineName: (group) =>
      directory.groups().get(group)?.machine ??
      (isEmpty(group, host) ? undefined : machineOfUnit(group.slice(group.lastIndexOf('/') + 1))),
  };
}

/** systemd makes the group of a unit that is down when its limits are set. On v1 alone it cannot be told. */
function isEmpty(group: string, { layout: { unified } }: HostView): boolean {
  const events = unified === undefined ? undefined : readSmallFile(`${unified}/${group}/cgroup.events`);
  return events !== undefined && /^populated 0$/m.test(events);
}
