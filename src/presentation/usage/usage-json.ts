/** A sample as one line of `top --json` (docs/json.md). Pure. */
import type { GroupSample, HostUsage, SampleScope, UsageSample } from '../../backends/usage.ts';
import { constraintsOf } from './why-slow.ts';

export function usageFields(
  { seconds, host, groups }: UsageSample,
  scope: SampleScope,
  time: Date,
): Readonly<Record<string, unknown>> {
  const common = { time: time.toISOString(), seconds, host };
  if (scope === 'host') return { ...common, groups: groups.map((group) => groupFields(group, host)) };
  const machines = groups.map((group) => {
    const { path: _, machine, ...fields } = groupFields(group, host);
    return { name: machine, ...fields };
  });
  return { ...common, machines };
}

function groupFields(group: GroupSample, host: HostUsage) {
  const { path, machine, backend, pid, frozen, phase, usage } = group;
  const constraints = constraintsOf(group, host).map(({ kind, words }) => ({ kind, words }));
  const runs = backend === undefined ? {} : { backend };
  return { path: `/${path}`, machine, ...runs, pid, frozen, phase, ...usage, constraints };
}
