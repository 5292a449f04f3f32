/** What is asked of a sampler: which groups, where they lie, and who knows the machines among them. */
import type { GroupSample, SampleScope } from '../../../usage.ts';
import type { CgroupLayout } from '../layout.ts';
import type { Discovery } from './discovery.ts';
import type { Looks } from './looks.ts';

export interface MachineState {
  readonly phase: GroupSample['phase'];
  /** Of its first process, once there is one. */
  readonly pid: number | undefined;
}

export interface GroupSampling {
  readonly scope: SampleScope;
  readonly layout: CgroupLayout;
  readonly procRoot: string;
  /**
   * @param mounts of all hierarchies that something is sampled in
   * @param looks at many groups at once
   */
  readonly discover: (mounts: readonly string[], looks: Looks) => Discovery;
  /**
   * What tells the state of the machine whose group this is, undefined if that is none of this backend's. Asked once for each group that
   * may be a machine's; what it gives is asked again and again, and says undefined of a machine that is not known (any more).
   */
  readonly stateOf: (group: string, name: string) => (() => MachineState | undefined) | undefined;
}

/** Whose a group is, as far as it is a machine's. */
interface Owner {
  readonly machine: string | undefined;
  readonly state: (() => MachineState | undefined) | undefined;
}

export function ownerOf({ stateOf }: GroupSampling, { machineName }: Discovery, id: string): Owner {
  const machine = machineName(id);
  return { machine, state: machine === undefined ? undefined : stateOf(id, machine) };
}
