/** What the parts of the native backend are made of: where things are, and what is asked of the host and of a machine. */
import type { MachineHandle, MachineStatus } from '../backend.ts';
import type { HostFacts } from './host-facts.ts';
import { type HostView, readStatus } from './life/status.ts';
import type { LaunchPlan } from './operations.ts';
import type { SelfArgv } from './plan.ts';
import { type GroupPlace, readGroupPlace, readHostFacts } from './read-host-facts.ts';

export interface NativeBackendOptions {
  readonly root: string;
  readonly runRoot: string;
  /** Set by a person (TSMACHINE_CGROUP_PARENT); undefined: `tsmachine`, or a delegated scope on a systemd host. */
  readonly cgroupParent: string | undefined;
  readonly helperPath: string;
  /** How a monitor runs this program: the whole argv for some words of the command line. */
  readonly selfArgv: SelfArgv;
}

export interface NativeContext extends Omit<NativeBackendOptions, 'cgroupParent' | 'selfArgv'> {
  /** Read when it is first asked for. */
  readonly host: () => HostFacts;
  readonly view: () => HostView;
  /** What makes plans is loaded when the first one is made: most commands make none. */
  readonly plan: (machine: MachineHandle) => Promise<LaunchPlan>;
  /** As the helper reads it. */
  readonly encodedPlan: (machine: MachineHandle) => Promise<Buffer>;
  readonly status: (machine: MachineHandle) => MachineStatus;
}

export function createContext(options: NativeBackendOptions): NativeContext {
  const { root, runRoot, helperPath } = options;
  let place: GroupPlace | undefined;
  let facts: HostFacts | undefined;
  const groupPlace = (): GroupPlace => {
    place ??= readGroupPlace(options.cgroupParent);
    return place;
  };
  const host = (): HostFacts => {
    facts ??= readHostFacts(groupPlace());
    return facts;
  };
  const view = (): HostView => ({ ...groupPlace(), procRoot: '/proc' });
  const plan = async (machine: MachineHandle) =>
    (await import('./plan.ts')).buildPlan(machine, host(), options.selfArgv);
  return {
    ...{ root, runRoot, helperPath, host, view, plan },
    encodedPlan: async (machine) => (await import('./encode.ts')).encodePlan(await plan(machine)),
    status: (machine) => readStatus(machine, view()),
  };
}
