/** What machines of both use, in one sample. */
import type { GroupSample, SampleScope, UsageSampler } from '../../backends/usage.ts';

/** Ids are each sampler's own: so those of the manager's are told apart. */
const MARK = 'nspawn:';

/**
 * @param theirs samples machines alone
 * @param isHidden a machine of theirs that has the name of one of ours
 */
export function mergeSamplers(
  own: UsageSampler,
  theirs: UsageSampler,
  scope: SampleScope,
  isHidden: (name: string) => boolean,
): UsageSampler {
  const shown = (): readonly GroupSample[] =>
    theirs
      .sample()
      .groups.filter(({ machine }) => machine !== null && !isHidden(machine))
      .map((group) => ({ ...group, id: MARK + group.id, backend: 'nspawn' }));
  return {
    sample: () => {
      const sample = own.sample();
      const groups = sample.groups.map(withBackend);
      return { ...sample, groups: scope === 'host' ? named(groups, shown()) : [...groups, ...shown()] };
    },
    processes: (id) => (id.startsWith(MARK) ? theirs.processes(id.slice(MARK.length)) : own.processes(id)),
    close: () => {
      own.close();
      theirs.close();
    },
  };
}

function withBackend(group: GroupSample): GroupSample {
  return group.machine === null ? group : { ...group, backend: 'native' };
}

/** All groups of the host are there already: those of their machines get what is known of these. */
function named(groups: readonly GroupSample[], theirs: readonly GroupSample[]): readonly GroupSample[] {
  const byPath = new Map(theirs.map((group) => [group.path, group]));
  return groups.map((group) => {
    const known = byPath.get(group.path);
    if (known === undefined || group.machine !== null) return group;
    const { machine, pid, frozen, phase, backend } = known;
    return { ...group, machine, pid, frozen, phase, ...(backend === undefined ? {} : { backend }) };
  });
}
